package io.azekura.persistence.checksum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64NvmeTest {
    private static final byte[] DIGITS = "123456789".getBytes(StandardCharsets.US_ASCII);

    @Test
    void checkValueIsThatOfTheSpecification() {
        assertEquals(0xae8b14860a799888L, of(DIGITS));
        assertEquals(0, of(new byte[0]));
    }

    @Test
    void base64OfTheBigEndianBytesIsWhatS3Prints() {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(of(DIGITS)).array();
        assertEquals("rosUhgp5mIg=", Base64.getEncoder().encodeToString(bytes));
    }

    @Test
    void anyLengthAndOffsetGivesWhatTheDefinitionGives() {
        byte[] bytes = randomBytes(300);
        for (int offset = 0; offset < 20; offset++) {
            for (int length = 0; length <= 200; length++) {
                Crc64Nvme crc = new Crc64Nvme();
                crc.update(bytes, offset, length);
                assertEquals(bitByBit(bytes, offset, length), crc.getValue());
            }
        }
    }

    @Test
    void theWayTheBytesAreCutDoesNotMatter() {
        byte[] bytes = randomBytes(1000);
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            Crc64Nvme crc = new Crc64Nvme();
            int done = 0;
            while (done < bytes.length) {
                int length = Math.min(bytes.length - done, random.nextInt(100));
                if (length == 1) {
                    crc.update(bytes[done]);
                } else if (length % 2 == 0) {
                    crc.update(bytes, done, length);
                } else {
                    crc.update(ByteBuffer.allocateDirect(length)
                            .put(bytes, done, length)
                            .flip());
                }
                done += length;
            }
            assertEquals(of(bytes), crc.getValue());
        }
    }

    @Test
    void resetForgetsWhatWasSeen() {
        Crc64Nvme crc = new Crc64Nvme();
        crc.update(randomBytes(10));
        crc.reset();
        crc.update(DIGITS);
        assertEquals(of(DIGITS), crc.getValue());
    }

    @Test
    void aRangeOutsideOfTheArrayIsRefused() {
        Crc64Nvme crc = new Crc64Nvme();
        assertThrows(IndexOutOfBoundsException.class, () -> crc.update(DIGITS, 5, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> crc.update(DIGITS, -1, 2));
    }

    private static long of(byte[] bytes) {
        Crc64Nvme crc = new Crc64Nvme();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Long division from the unreflected polynomial of the specification, reversing bits on the way in and out. */
    private static long bitByBit(byte[] bytes, int offset, int length) {
        long crc = -1;
        for (int i = offset; i < offset + length; i++) {
            crc ^= Long.reverse(bytes[i] & 0xffL);
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = crc < 0 ? (crc << 1) ^ 0xad93d23594c93659L : crc << 1;
            }
        }
        return ~Long.reverse(crc);
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
