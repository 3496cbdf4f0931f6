package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One version of a key: an object or a delete marker. Where its bytes are stands beside it in the register, except for
 * a completed upload, whose {@code manifest} names the registers of its parts.
 *
 * @param isNull made while the bucket was not versioned: clients call it "null", and there is at most one
 * @param isMarker a delete marker: no size, no ETag, no bytes
 * @param size length of the body in bytes
 * @param etag without quotes
 * @param record what else is said about the object; opaque here
 */
public record Version(
        VersionId id,
        boolean isNull,
        boolean isMarker,
        long size,
        String etag,
        Bytes record,
        @Nullable Manifest manifest) {
    public Version {
        Check.argument(size >= 0, "version of negative size");
        boolean hasNothing = size == 0 && etag.isEmpty() && record.length() == 0 && manifest == null;
        Check.argument(!isMarker || hasNothing, "delete marker with a body");
        Check.argument(manifest == null || manifest.size() == size, "parts of another size than the whole");
    }

    public static Version marker(VersionId id, boolean isNull) {
        return new Version(id, isNull, true, 0, "", Bytes.EMPTY, null);
    }

    /** The upload whose parts have the bytes; null unless it is a completed upload. */
    public @Nullable UploadId upload() {
        return manifest == null ? null : manifest.upload();
    }
}
