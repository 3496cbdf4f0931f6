package io.azekura.persistence.bucket;

import io.azekura.persistence.Check;
import java.util.List;

/**
 * The number of the space that a bucket's registers live in: its incarnation, with what every drive and gateway has to
 * know of the bucket to place its keys.
 *
 * <pre>
 * bits 7 to 63  random, never 0 or 1, which the store's own spaces have
 * bits 3 to 6   binary logarithm of the number of partitions that the bucket is spread over, 0 to 15
 * bits 0 to 2   family: 0 objects, 1 parts of uploads
 * </pre>
 */
public final class BucketSpace {
    /** Highest binary logarithm of the number of partitions of a bucket. */
    public static final int SPREAD_MAX = 15;

    private static final int OBJECTS = 0;
    private static final int PARTS = 1;
    private static final int FAMILY_BITS = 3;
    private static final int RANDOM_SHIFT = 7;

    private BucketSpace() {}

    /** The incarnation of a new bucket; also the space of its objects. */
    public static long incarnation(long random, int spread) {
        Check.argument(spread >= 0 && spread <= SPREAD_MAX, "a spread of 2^" + spread);
        long high = random >>> RANDOM_SHIFT;
        Check.argument(isUsable(random), "random bits that the store's own spaces have");
        return (high << RANDOM_SHIFT) | ((long) spread << FAMILY_BITS) | OBJECTS;
    }

    /** Whether a bucket may have an incarnation made of this random number; otherwise draw another. */
    public static boolean isUsable(long random) {
        return random >>> RANDOM_SHIFT > 1;
    }

    /** The space of the parts of uploads to the bucket. */
    public static long parts(long incarnation) {
        return (incarnation & -(1L << FAMILY_BITS)) | PARTS;
    }

    /** The incarnation of the bucket that a space belongs to. */
    public static long incarnationOf(long space) {
        return space & -(1L << FAMILY_BITS);
    }

    /** Every space of the bucket. */
    public static List<Long> all(long incarnation) {
        return List.of(incarnation, parts(incarnation));
    }

    /** Binary logarithm of the number of partitions that the bucket is spread over. */
    public static int spread(long incarnation) {
        return (int) (incarnation >>> FAMILY_BITS) & SPREAD_MAX;
    }
}
