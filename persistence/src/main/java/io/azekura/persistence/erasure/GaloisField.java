package io.azekura.persistence.erasure;

/**
 * Arithmetic in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11d), whose generator is x = 2.
 *
 * <p>The polynomial is part of the on-disk format: see {@link ParityMatrix}. Elements are ints from 0 to 255;
 * addition is XOR.
 */
final class GaloisField {
    static final int POLYNOMIAL = 0x11d;

    /** The number of elements without zero: the generator's powers repeat with this period. */
    private static final int ORDER = 255;

    /** Powers of the generator, twice over, so that the sum of two logarithms needs no reduction. */
    private static final int[] EXP = new int[2 * ORDER];

    private static final int[] LOG = new int[ORDER + 1];

    static {
        int power = 1;
        for (int i = 0; i < ORDER; i++) {
            EXP[i] = power;
            EXP[i + ORDER] = power;
            LOG[power] = i;
            power <<= 1;
            if (power > ORDER) {
                power ^= POLYNOMIAL;
            }
        }
    }

    private GaloisField() {}

    static int multiply(int a, int b) {
        return a == 0 || b == 0 ? 0 : EXP[LOG[a] + LOG[b]];
    }

    /** The quotient a / b; b must not be zero. */
    static int divide(int a, int b) {
        if (b == 0) {
            throw new ArithmeticException("division by zero in GF(2^8)");
        }
        return a == 0 ? 0 : EXP[LOG[a] + ORDER - LOG[b]];
    }

    /** The generator 2 to a power that is not negative. */
    static int powerOfTwo(int exponent) {
        return EXP[exponent % ORDER];
    }
}
