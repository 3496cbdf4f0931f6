package io.azekura.persistence.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GaloisFieldTest {
    @Test
    void multiplicationIsThatOfPolynomialsModulo0x11d() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                assertEquals(polynomialProduct(a, b), GaloisField.multiply(a, b));
            }
        }
    }

    @Test
    void divisionUndoesMultiplication() {
        for (int a = 0; a < 256; a++) {
            for (int b = 1; b < 256; b++) {
                assertEquals(a, GaloisField.divide(GaloisField.multiply(a, b), b));
            }
        }
        assertThrows(ArithmeticException.class, () -> GaloisField.divide(1, 0));
    }

    @Test
    void fourElementsAreDoubledTogetherAsEachIsAlone() {
        for (int a = 0; a < 256; a++) {
            int x = a | ((255 - a) << 8) | ((a ^ 0x55) << 16) | ((a ^ 0x80) << 24);
            int doubled = PowerRows.times2(x);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                assertEquals(GaloisField.multiply(2, (x >>> shift) & 0xff), (doubled >>> shift) & 0xff);
            }
        }
    }

    private static int polynomialProduct(int a, int b) {
        int product = 0;
        for (int bit = 7; bit >= 0; bit--) {
            product <<= 1;
            if ((product & 0x100) != 0) {
                product ^= 0x11d;
            }
            product ^= ((b >>> bit) & 1) * a;
        }
        return product;
    }
}
