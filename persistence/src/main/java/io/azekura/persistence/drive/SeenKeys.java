package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.register.RegisterKey;

/**
 * Which keys a rebuild has met: says "no" for sure and "yes" most likely. Looking up a key that is not there is the
 * dearest thing that a rebuild would ask of LevelDB, once for every object. A Bloom filter of 8 MiB: at 4 million keys one
 * look-up in 400 is needless, at 20 million one in three. One thread.
 */
final class SeenKeys {
    private static final int WORDS = 1 << 20;
    private static final int PROBES = 4;
    private static final int PROBE_BITS = 26;

    private final long[] bits = new long[WORDS];

    /** Notes the key; false if it was not noted before. */
    boolean add(RegisterKey key) {
        long hash = Census.hash(key);
        long step = (hash >>> PROBE_BITS) | 1;
        boolean isKnown = true;
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = (int) (hash & ((1L << PROBE_BITS) - 1));
            long mask = 1L << (bit & (Long.SIZE - 1));
            isKnown &= (bits[bit >>> 6] & mask) != 0;
            bits[bit >>> 6] |= mask;
            hash += step;
        }
        return isKnown;
    }
}
