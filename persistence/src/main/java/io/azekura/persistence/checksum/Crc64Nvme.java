package io.azekura.persistence.checksum;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.Checksum;

/**
 * The CRC of the NVM Express specification, which S3 calls CRC64NVME.
 *
 * <pre>
 * width 64, polynomial 0xad93d23594c93659, input and output reflected, initial value and final XOR all ones
 * check value ("123456789"): 0xae8b14860a799888
 * </pre>
 *
 * <p>S3's text form is Base64 of the eight bytes of {@link #getValue()}, most significant first.
 *
 * <p>Not thread-safe.
 */
public final class Crc64Nvme implements Checksum {
    /** The polynomial with its bits in reverse. */
    private static final long REFLECTED = 0x9a6c9329ac4bc9b5L;

    /** Two longs at a time: twice the tables of the usual slicing by eight, a sixth faster. */
    private static final int SLICES = 16;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Entry (s, b) at 256 s + b: what the byte b contributes when s more bytes follow it. */
    private static final long[] TABLE = new long[SLICES << Byte.SIZE];

    private static final CrcCombination COMBINATION = new CrcCombination(REFLECTED, Long.SIZE);

    static {
        for (int b = 0; b < 1 << Byte.SIZE; b++) {
            long crc = b;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc >>> 1) ^ (REFLECTED & -(crc & 1));
            }
            TABLE[b] = crc;
        }
        for (int i = 1 << Byte.SIZE; i < TABLE.length; i++) {
            long shorter = TABLE[i - (1 << Byte.SIZE)];
            TABLE[i] = (shorter >>> Byte.SIZE) ^ TABLE[(int) shorter & 0xff];
        }
    }

    /** The register of the division, which is the complement of the value. */
    private long register = -1;

    @Override
    public void update(int b) {
        register = (register >>> Byte.SIZE) ^ TABLE[((int) register ^ b) & 0xff];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int i = offset;
        int end = offset + length;
        long crc = register;
        for (; i <= end - SLICES; i += SLICES) {
            long first = crc ^ (long) LONGS.get(bytes, i);
            long second = (long) LONGS.get(bytes, i + Long.BYTES);
            crc = eight(first, 15) ^ eight(second, 7);
        }
        for (; i < end; i++) {
            crc = (crc >>> Byte.SIZE) ^ TABLE[((int) crc ^ bytes[i]) & 0xff];
        }
        register = crc;
    }

    /** What eight bytes contribute, the first of them with so many bytes behind it. */
    private static long eight(long bytes, int slice) {
        return TABLE[(slice << 8) + ((int) bytes & 0xff)]
                ^ TABLE[((slice - 1) << 8) + ((int) (bytes >>> 8) & 0xff)]
                ^ TABLE[((slice - 2) << 8) + ((int) (bytes >>> 16) & 0xff)]
                ^ TABLE[((slice - 3) << 8) + ((int) (bytes >>> 24) & 0xff)]
                ^ TABLE[((slice - 4) << 8) + ((int) (bytes >>> 32) & 0xff)]
                ^ TABLE[((slice - 5) << 8) + ((int) (bytes >>> 40) & 0xff)]
                ^ TABLE[((slice - 6) << 8) + ((int) (bytes >>> 48) & 0xff)]
                ^ TABLE[((slice - 7) << 8) + (int) (bytes >>> 56)];
    }

    @Override
    public long getValue() {
        return ~register;
    }

    @Override
    public void reset() {
        register = -1;
    }

    /**
     * The checksum of A followed by B from the checksum of each.
     *
     * @throws IllegalArgumentException if the length is negative
     */
    public static long combine(long a, long b, long lengthOfB) {
        return COMBINATION.combine(a, b, lengthOfB);
    }
}
