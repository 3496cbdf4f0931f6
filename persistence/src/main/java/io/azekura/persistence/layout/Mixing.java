package io.azekura.persistence.layout;

import io.azekura.persistence.drive.DriveId;

/**
 * The hash functions that decide where data lies: FNV-1a in 64 bits for runs of bytes, and the finalizer of SplitMix64,
 * since FNV alone leaves its high bits poorly mixed for short keys. Frozen: another function would look for every row on
 * the wrong drives.
 */
final class Mixing {
    private static final long FNV_BASIS = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private Mixing() {}

    static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    static long mixed(long number, DriveId drive) {
        long high = drive.value().getMostSignificantBits();
        long low = drive.value().getLeastSignificantBits();
        return mixed(mixed(mixed(number + 1) ^ high) ^ low);
    }

    static long ofBytes(byte[] bytes, int from, int to) {
        long hash = FNV_BASIS;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * FNV_PRIME;
        }
        return mixed(hash);
    }
}
