package io.azekura.persistence.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class AssignmentTableFormatTest {
    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        AssignmentTable table = Assignment.plan(Clusters.even(9, 3, 3), 6, 16, null);
        Golden.assertSame("assignment-table-v1.bin", AssignmentTableFormat.encode(table));
        assertEquals(table, AssignmentTableFormat.decode(Golden.read("assignment-table-v1.bin"), "golden"));
    }

    @Test
    void tablesSurvive() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            int drives = 1 + seed * 7;
            int width = Math.min(drives, 1 + seed % 13);
            AssignmentTable table = Assignment.plan(Clusters.random(seed, drives), width, 1 << (seed % 11), null);
            assertEquals(table, AssignmentTableFormat.decode(AssignmentTableFormat.encode(table), "test"));
        }
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsRefused() {
        byte[] sound = AssignmentTableFormat.encode(Assignment.plan(Clusters.even(4, 1, 1), 3, 8, null));
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(CorruptException.class, () -> AssignmentTableFormat.decode(damaged, "test"), "bit " + bit);
        }
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThrows(CorruptException.class, () -> AssignmentTableFormat.decode(cut, "test"), "length " + length);
        }
    }

    @Test
    void nonsenseWithARightChecksumIsRefusedToo() {
        byte[] sound = AssignmentTableFormat.encode(Assignment.plan(Clusters.even(4, 1, 1), 3, 8, null));
        int accepted = 0;
        for (int at = 1; at < sound.length - 4; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = sound.clone();
                changed[at] = (byte) value;
                try {
                    AssignmentTable table = AssignmentTableFormat.decode(sealed(changed), "test");
                    assertEquals(changed.length, AssignmentTableFormat.encode(table).length);
                    accepted++;
                } catch (IOException refused) {
                    assertTrue(refused instanceof CorruptException);
                }
            }
        }
        assertTrue(accepted > 0);
        byte[] newer = sound.clone();
        newer[0]++;
        assertThrows(FormatTooNewException.class, () -> AssignmentTableFormat.decode(sealed(newer), "test"));
    }

    private static byte[] sealed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }
}
