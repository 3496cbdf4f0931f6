package io.azekura.http.body;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * The 64-bit CRC of NVM Express' NVM Command Set specification: reflected polynomial 0x9A6C9329AC4BC9B5, all ones at the
 * start, inverted at the end. Sixteen bytes a step, each looked up in a table that has it moved through the bytes behind
 * it; Java has no carry-less multiplication that would be faster.
 */
final class Crc64Nvme implements Checksum {
    private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
    private static final int STEP_BYTES = 16;
    private static final int ENTRIES = 256;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Entry {@code i * 256 + b}: byte b followed by i zero bytes. */
    private static final long[] TABLES = tables();

    private long state = ~0L;

    @Override
    public void update(int b) {
        state = TABLES[(int) (state ^ b) & 0xFF] ^ (state >>> Byte.SIZE);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        long crc = state;
        for (; at <= end - STEP_BYTES; at += STEP_BYTES) {
            crc = lookUp(crc ^ (long) LONGS.get(bytes, at), 8) ^ lookUp((long) LONGS.get(bytes, at + 8), 0);
        }
        state = crc;
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~state;
    }

    @Override
    public void reset() {
        state = ~0L;
    }

    /** Moves eight bytes through the end of their word and {@code behind} bytes more. */
    private static long lookUp(long word, int behind) {
        int last = behind * ENTRIES;
        return TABLES[last + 7 * ENTRIES + ((int) word & 0xFF)]
                ^ TABLES[last + 6 * ENTRIES + ((int) (word >>> 8) & 0xFF)]
                ^ TABLES[last + 5 * ENTRIES + ((int) (word >>> 16) & 0xFF)]
                ^ TABLES[last + 4 * ENTRIES + ((int) (word >>> 24) & 0xFF)]
                ^ TABLES[last + 3 * ENTRIES + ((int) (word >>> 32) & 0xFF)]
                ^ TABLES[last + 2 * ENTRIES + ((int) (word >>> 40) & 0xFF)]
                ^ TABLES[last + ENTRIES + ((int) (word >>> 48) & 0xFF)]
                ^ TABLES[last + (int) (word >>> 56)];
    }

    private static long[] tables() {
        long[] tables = new long[STEP_BYTES * ENTRIES];
        for (int b = 0; b < ENTRIES; b++) {
            long entry = b;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                entry = (entry & 1) == 0 ? entry >>> 1 : (entry >>> 1) ^ POLYNOMIAL;
            }
            tables[b] = entry;
        }
        for (int i = ENTRIES; i < tables.length; i++) {
            long shorter = tables[i - ENTRIES];
            tables[i] = tables[(int) shorter & 0xFF] ^ (shorter >>> Byte.SIZE);
        }
        return tables;
    }
}
