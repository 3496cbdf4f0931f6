package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;

/**
 * The name of one register. {@code space} is the incarnation of the bucket that the key lives in (register rule 10:
 * rows are keyed by incarnation, not by name), or {@link #SYSTEM} for the store's own registers. Order: space, then
 * key, both unsigned; it is the order of the index.
 */
public record RegisterKey(long space, Bytes key) implements Comparable<RegisterKey> {
    /** The space of the store's own registers, buckets among them. No bucket has this incarnation. */
    public static final long SYSTEM = 0;

    /**
     * The space of the journals and snapshots of entities: incarnation 1, which no bucket has, over the bits that every
     * space ends in: spread over 2^15 partitions, family 2, whose keys are placed by persistence id alone.
     */
    public static final long JOURNAL = (1L << 7) | (15 << 3) | 2;

    /** Longest key, in bytes: S3 allows 1,024 for an object; the rest is room for internal prefixes. */
    public static final int KEY_BYTES_MAX = 1200;

    public RegisterKey {
        Check.argument(key.length() <= KEY_BYTES_MAX, "register key longer than " + KEY_BYTES_MAX + " bytes");
    }

    @Override
    public int compareTo(RegisterKey other) {
        int bySpace = Long.compareUnsigned(space, other.space);
        return bySpace != 0 ? bySpace : key.compareTo(other.key);
    }

    @Override
    public String toString() {
        return Long.toHexString(space) + "/" + key;
    }
}
