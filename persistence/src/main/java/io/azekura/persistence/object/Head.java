package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.register.StateDigest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the value of an object's register says. It always travels in full, so everything in it is bounded; older
 * versions lie beside it and only their sum is here.
 *
 * @param current the newest version; null when the key has none
 * @param older about the older versions
 * @param uploads the open uploads, ascending
 * @param closed the uploads that ended last, oldest first
 * @param outbox what is still to be delivered, oldest first
 */
public record Head(
        @Nullable Version current,
        Older older,
        List<UploadId> uploads,
        List<ClosedUpload> closed,
        List<OutboxEntry> outbox) {
    /** How many uploads of one key may be open. */
    public static final int UPLOADS_MAX = 1000;

    /** How many closed uploads are remembered. */
    public static final int CLOSED_MAX = 8;

    /** How many deliveries may be due before changes are refused. */
    public static final int OUTBOX_MAX = 64;

    public static final Head EMPTY = new Head(null, Older.NONE, List.of(), List.of(), List.of());

    /** The length of all older versions in bytes, and the null version if it is one of them. */
    public record Older(long bytes, @Nullable NullVersion nullVersion) {
        public static final Older NONE = new Older(0, null);
    }

    /** The null version among the older ones: enough to remove it without reading it. */
    public record NullVersion(
            VersionId id,
            StateDigest digest,
            long size,
            @Nullable UploadId upload) {}

    public Head {
        uploads = List.copyOf(uploads);
        closed = List.copyOf(closed);
        outbox = List.copyOf(outbox);
        Check.argument(uploads.size() <= UPLOADS_MAX, uploads.size() + " open uploads");
        Check.argument(closed.size() <= CLOSED_MAX, closed.size() + " closed uploads");
        Check.argument(outbox.size() <= OUTBOX_MAX, outbox.size() + " outbox entries");
    }

    /** Whether a reader finds an object here: there is a current version, and it is no delete marker. */
    public boolean hasObject() {
        return current != null && !current.isMarker();
    }

    public boolean isOpen(UploadId upload) {
        return Collections.binarySearch(uploads, upload) >= 0;
    }

    public Optional<ClosedUpload> closed(UploadId upload) {
        return closed.stream().filter(one -> one.id().equals(upload)).findFirst();
    }

    /** Whether nothing here must be kept: closed uploads are a courtesy, and go when the tombstone is collected. */
    public boolean isBare() {
        return current == null && older.equals(Older.NONE) && uploads.isEmpty() && outbox.isEmpty();
    }
}
