package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Content;
import org.jspecify.annotations.Nullable;

/**
 * An object that is ready to become a version of a key.
 *
 * @param record what else is said about it
 * @param content where its bytes are, durable unless they are whole
 * @param body the bytes of a {@link Content.Whole}, else null
 * @param manifest the parts of a completed upload, else null
 * @param payload for the receivers of outbox entries
 */
public record NewObject(
        long size,
        String etag,
        Bytes record,
        Content content,
        @Nullable Bytes body,
        @Nullable Manifest manifest,
        Bytes payload) {
    /** An object with bytes of its own. */
    public NewObject(long size, String etag, Bytes record, Content content, @Nullable Bytes body) {
        this(size, etag, record, content, body, null, Bytes.EMPTY);
    }

    Version version(VersionId id, boolean isNull) {
        return new Version(id, isNull, false, size, etag, record, manifest);
    }
}
