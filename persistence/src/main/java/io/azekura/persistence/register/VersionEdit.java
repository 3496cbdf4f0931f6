package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
     * What leads to the same versions as {@code edits} do, but from where {@code chosen} leads: per version the difference
     * between both ends, so that neither the order nor the number of the chosen edits matters.
     *
     * @param records the older versions from which both lead, by id; asked only about those that are to be brought back
     */
    static List<VersionEdit> rebased(List<VersionEdit> edits, List<VersionEdit> chosen, Records records) {
        Set<Bytes> moved = new LinkedHashSet<>();
        chosen.forEach(edit -> moved.add(edit.id()));
        List<VersionEdit> next = new ArrayList<>();
        for (Bytes id : moved) {
            Add from = last(chosen, id) instanceof Add add ? add : null;
            Add to = target(edits, chosen, id, records);
            if (Objects.equals(from, to)) {
                continue;
            }
            if (from != null) {
                next.add(new Remove(id, StateDigest.of(from)));
            }
            if (to != null) {
                next.add(to);
            }
        }
        for (VersionEdit edit : edits) {
            if (!moved.contains(edit.id())) {
                next.add(edit);
            }
        }
        return next;
    }

    private static @Nullable Add target(List<VersionEdit> edits, List<VersionEdit> chosen, Bytes id, Records records) {
        VersionEdit last = last(edits, id);
        if (last != null) {
            return last instanceof Add add ? add : null;
        }
        boolean isInBase = first(chosen, id) instanceof Remove;
        Add there = isInBase ? records.find(id) : null;
        Check.state(!isInBase || there != null, "a version that was removed is not there");
        return there;
    }

    private static @Nullable VersionEdit first(List<VersionEdit> edits, Bytes id) {
        return edits.stream().filter(edit -> edit.id().equals(id)).findFirst().orElse(null);
    }

    private static @Nullable VersionEdit last(List<VersionEdit> edits, Bytes id) {
        return edits.stream()
                .filter(edit -> edit.id().equals(id))
                .reduce((before, after) -> after)
                .orElse(null);
    }
}
