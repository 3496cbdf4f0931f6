package io.azekura.http.body;

import java.util.zip.Checksum;

/** CRC-64/NVME: reflected polynomial 0x9A6C9329AC4BC9B5, all ones at the start, inverted at the end. */
final class Crc64Nvme implements Checksum {
    private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
    private static final long[] TABLE = table();

    private long state = ~0L;

    @Override
    public void update(int b) {
        state = TABLE[(int) (state ^ b) & 0xFF] ^ (state >>> 8);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            update(bytes[i]);
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

    private static long[] table() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long entry = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                entry = (entry & 1) == 0 ? entry >>> 1 : (entry >>> 1) ^ POLYNOMIAL;
            }
            table[i] = entry;
        }
        return table;
    }
}
