package io.azekura.persistence.object;

import org.jspecify.annotations.Nullable;

/** How an upload ended, kept for a while so that a repeated request gets the same answer (register rule 17). */
public record ClosedUpload(UploadId id, @Nullable Completed completed) {
    /** The answer to the completion; there is none for an upload that was aborted. */
    public record Completed(String etag, VersionId version, boolean isNull) {}
}
