package io.azekura.persistence.checksum;

import io.azekura.persistence.Check;

/**
 * Finds the CRC of two byte sequences joined from the CRC of each and the length of the second, without their bytes:
 * how the full-object checksum of a multipart upload comes from those of its parts.
 *
 * <p>For a reflected CRC whose initial value equals its final XOR, which all three of S3's are, it is the first CRC
 * times x^(8 n), modulo the polynomial, plus the second. (The method of zlib's {@code crc32_combine}.)
 *
 * <p>Immutable and thread-safe; a combination costs some microseconds.
 */
public final class CrcCombination {
    /** Of {@link java.util.zip.CRC32}. */
    public static final CrcCombination CRC32 = new CrcCombination(0xedb88320L, Integer.SIZE);

    /** Of {@link java.util.zip.CRC32C}. */
    public static final CrcCombination CRC32C = new CrcCombination(0x82f63b78L, Integer.SIZE);

    private final long reflectedPolynomial;

    /** The polynomial 1: reflected, the coefficient of x^0 is the highest of the CRC's bits. */
    private final long one;

    /** Entry i is x^(8 * 2^i): what 2^i bytes behind it multiply a CRC by. */
    private final long[] shifts = new long[Long.SIZE - 1];

    CrcCombination(long reflectedPolynomial, int width) {
        this.reflectedPolynomial = reflectedPolynomial;
        one = 1L << (width - 1);
        long power = one >>> Byte.SIZE;
        for (int i = 0; i < shifts.length; i++) {
            shifts[i] = power;
            power = multiply(power, power);
        }
    }

    /**
     * The CRC of A followed by B.
     *
     * @throws IllegalArgumentException if the length is negative
     */
    public long combine(long crcOfA, long crcOfB, long lengthOfB) {
        Check.argument(lengthOfB >= 0, "the length of the second sequence is negative");
        long shifted = crcOfA;
        for (long rest = lengthOfB; rest != 0; rest &= rest - 1) {
            shifted = multiply(shifts[Long.numberOfTrailingZeros(rest)], shifted);
        }
        return shifted ^ crcOfB;
    }

    /** The product modulo the polynomial: b times x again and again, added wherever a has the power. */
    private long multiply(long a, long b) {
        long product = 0;
        long multiple = b;
        for (long power = one; power != 0; power >>>= 1) {
            if ((a & power) != 0) {
                product ^= multiple;
            }
            multiple = (multiple >>> 1) ^ (reflectedPolynomial & -(multiple & 1));
        }
        return product;
    }
}
