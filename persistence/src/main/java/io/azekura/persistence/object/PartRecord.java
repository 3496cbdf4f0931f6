package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;

/**
 * What the register of a part says beside its bytes. {@code record} is opaque: checksums of a part, or what was said
 * when the upload began.
 */
public record PartRecord(long size, String etag, Bytes record) {
    public PartRecord {
        Check.argument(size >= 0, "part of negative size");
    }
}
