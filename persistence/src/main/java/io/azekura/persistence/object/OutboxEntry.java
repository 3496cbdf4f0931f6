package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Something that must happen because of a change, stored by the same write as the change (register rule 18). Two
 * entries of one register are never equal.
 *
 * @param change the change that it comes from; repetitions of a delivery have the same one
 * @param version the version that was made or removed; for a reclaim the one that keeps its parts, if any
 * @param payload for the receiver, opaque here; nothing for a reclaim
 */
public record OutboxEntry(
        ChangeId change,
        Kind kind,
        @Nullable VersionId version,
        @Nullable UploadId upload,
        Bytes payload) {
    /** What is to be done. */
    public enum Kind {
        /** Tell the other sites. */
        REPLICATE,
        /** Tell the subscribers of events. */
        NOTIFY,
        /** Remove the parts of a closed upload that no version names. */
        RECLAIM
    }

    static OutboxEntry reclaim(ChangeId change, UploadId upload, @Nullable VersionId keeps) {
        return new OutboxEntry(change, Kind.RECLAIM, keeps, upload, Bytes.EMPTY);
    }

    public OutboxEntry {
        Check.argument((kind == Kind.RECLAIM) == (upload != null), "only a reclaim has an upload");
    }
}
