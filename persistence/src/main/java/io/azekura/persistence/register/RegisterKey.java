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
