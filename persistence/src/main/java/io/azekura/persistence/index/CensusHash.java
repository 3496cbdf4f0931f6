package io.azekura.persistence.index;

import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.StateDigest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hashes of a {@link Census}: words of 64 bits, folded one after the other with the finalizer of SplitMix64.
 *
 * <pre>
 * fold(h, w)  finalizer((h xor w) + 0x9E3779B97F4A7C15)
 * Key         fold over 1, space, length of the key in bytes, the key in big-endian words, the last filled with zeros
 * Group       the top eight bits of Key
 * Slot        fold over Key, settled counter and process, count of rows; for each row the counter and process it was
 *             accepted under and both words of its {@link StateDigest}; count of older versions and both words of their sum
 * Fence       fold over 2, space, configuration version, 1 if closed else 0
 * Bound       fold over 3, counter
 * </pre>
 *
 * <p>Frozen: censuses are kept in logs and indexes, and drives compare theirs.
 */
final class CensusHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int GROUP_BITS = 8;

    private CensusHash() {}

    static long of(RegisterKey key) {
        byte[] bytes = key.key().array();
        long hash = fold(fold(fold(0, 1), key.space()), bytes.length);
        int at = 0;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            hash = fold(hash, (long) LONG.get(bytes, at));
        }
        if (at < bytes.length) {
            long last = 0;
            for (int i = at; i < at + Long.BYTES; i++) {
                last = (last << Byte.SIZE) | (i < bytes.length ? bytes[i] & 0xFF : 0);
            }
            hash = fold(hash, last);
        }
        return hash;
    }

    static int group(long keyHash) {
        return (int) (keyHash >>> (Long.SIZE - GROUP_BITS));
    }

    static long of(long keyHash, Slot slot) {
        long hash = fold(fold(keyHash, slot.settled()), slot.rows().size());
        for (Row row : slot.rows()) {
            StateDigest digest = StateDigest.of(row.state());
            hash = fold(fold(fold(hash, row.accepted()), digest.high()), digest.low());
        }
        History base = slot.base();
        return fold(fold(fold(hash, base.count()), base.high()), base.low());
    }

    static long of(long space, Fence fence) {
        return fold(fold(fold(fold(0, 2), space), fence.configVersion()), fence.closed() ? 1 : 0);
    }

    static long ofBound(long counter) {
        return fold(fold(0, 3), counter);
    }

    private static long fold(long hash, Ballot ballot) {
        return fold(fold(hash, ballot.counter()), ballot.process());
    }

    private static long fold(long hash, long word) {
        long z = (hash ^ word) + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
