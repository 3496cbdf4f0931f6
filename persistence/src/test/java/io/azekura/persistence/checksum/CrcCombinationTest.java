package io.azekura.persistence.checksum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.junit.jupiter.api.Test;

class CrcCombinationTest {
    private interface Combine {
        long apply(long a, long b, long lengthOfB);
    }

    @Test
    void theCrcOfTwoPartsIsThatOfTheWhole() {
        assertCombines(CRC32::new, CrcCombination.CRC32::combine);
        assertCombines(CRC32C::new, CrcCombination.CRC32C::combine);
        assertCombines(Crc64Nvme::new, Crc64Nvme::combine);
    }

    private static void assertCombines(Supplier<Checksum> algorithm, Combine combine) {
        byte[] bytes = new byte[5_000];
        new Random(3).nextBytes(bytes);
        long whole = of(algorithm, bytes);
        for (int cut = 0; cut <= bytes.length; cut += 1 + cut / 7) {
            long a = of(algorithm, Arrays.copyOf(bytes, cut));
            long b = of(algorithm, Arrays.copyOfRange(bytes, cut, bytes.length));
            assertEquals(whole, combine.apply(a, b, bytes.length - cut), () -> "cut of " + algorithm.get());
        }
    }

    @Test
    void lengthsBeyondFourGigabytesAddUp() {
        long a = 0x0123456789abcdefL;
        long n = (5L << 32) | 12345;
        long zeros = Crc64Nvme.combine(0, 0, n);
        assertEquals(0, zeros);
        long atOnce = Crc64Nvme.combine(a, 0, 2 * n + 1);
        assertEquals(atOnce, Crc64Nvme.combine(Crc64Nvme.combine(a, 0, n), 0, n + 1));
    }

    @Test
    void aNegativeLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> CrcCombination.CRC32.combine(1, 2, -1));
    }

    private static long of(Supplier<Checksum> algorithm, byte[] bytes) {
        Checksum checksum = algorithm.get();
        checksum.update(bytes);
        return checksum.getValue();
    }
}
