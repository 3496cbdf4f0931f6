package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change to the older versions of a key, which lie beside its register as immutable records (register rule 6). An
 * accept carries only the edits that lead from its base to its state, so its size does not grow with the versions.
 */
public sealed interface VersionEdit {
    /** Names the version; versions of one key are ordered by it, the newest first. */
    Bytes id();

    /** Adds a version; its record never changes afterwards. */
    record Add(Bytes id, Bytes value, Content content) implements VersionEdit {}

    /** Removes the version whose record has this digest. A later state may have it again, when it was current meanwhile. */
    record Remove(Bytes id, StateDigest digest) implements VersionEdit {}

    /** Looks up older versions by id. */
    @FunctionalInterface
    interface Records {
        @Nullable
        Add find(Bytes id);
    }

    /**
     * What leads to the same versions as {@code edits} do, but from where {@code chosen} leads: what both do is done, and
     * what only the chosen ones do is undone.
     *
     * @param records the older versions from which both lead, by id
     */
    static List<VersionEdit> rebased(List<VersionEdit> edits, List<VersionEdit> chosen, Records records) {
        List<VersionEdit> rest = new ArrayList<>(edits);
        List<VersionEdit> next = new ArrayList<>();
        for (VersionEdit edit : chosen) {
            if (rest.remove(edit)) {
                continue;
            }
            if (edit instanceof Add add) {
                next.add(new Remove(add.id(), StateDigest.of(add)));
            } else {
                Add removed = records.find(edit.id());
                Check.state(removed != null, "a version that was removed is not there");
                next.add(java.util.Objects.requireNonNull(removed));
            }
        }
        next.addAll(rest);
        return next;
    }
}
