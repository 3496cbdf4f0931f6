package io.azekura.persistence.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "2, 1, 1",
        "3, 1, 2",
        "4, 2, 2",
        "5, 3, 2",
        "6, 4, 2",
        "7, 4, 2",
        "8, 5, 3",
        "11, 5, 3",
        "12, 8, 4",
        "100, 8, 4"
    })
    void shapeFollowsFromTheNumberOfDrives(int drives, int dataShards, int parityShards) {
        assertEquals(new ErasureShape(dataShards, parityShards), ErasureShape.forDrives(drives));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "2, 2, 1, 1", "3, 2, 2, 2", "4, 3, 2, 2", "5, 3, 3, 3", "6, 4, 3, 4", "8, 5, 4, 5"})
    void quorumsFollowFromTheWidth(int drives, int majority, int readQuorum, int drivesToRead) {
        Layout layout = layout(drives);
        StripeSet any = layout.stripeSets().get(9);
        assertEquals(majority, any.majority());
        assertEquals(readQuorum, any.readQuorum());
        assertEquals(drivesToRead, layout.drivesToRead());
    }

    /** Another partition for a key is another store: whoever breaks this loses every object. */
    @Test
    void partitionsAreFrozen() {
        assertEquals(129, Layout.partitionOf(new RegisterKey(0, Bytes.EMPTY)));
        assertEquals(13, Layout.partitionOf(new RegisterKey(0, Bytes.utf8("a"))));
        assertEquals(94, Layout.partitionOf(new RegisterKey(1, Bytes.utf8("a"))));
        assertEquals(231, Layout.partitionOf(new RegisterKey(-1, Bytes.utf8("photos/2026/東京.jpg"))));
        assertEquals(96, Layout.partitionOf(new RegisterKey(0x0123456789ABCDEFL, Bytes.wrap(new byte[] {-1, 0, 127}))));
    }

    @Test
    void stripeSetsAreFrozen() {
        assertEquals(List.of(2, 3, 0, 1), layout(4).stripeSets().get(2).drives());
        assertEquals(
                List.of(2, 3, 6, 8, 5, 7, 1, 4), layout(9).stripeSets().get(2).drives());
        assertEquals(
                List.of(0, 6, 3, 2, 4, 5, 1, 7), layout(9).stripeSets().get(255).drives());
    }

    @Test
    void keysThatDifferLittleSpreadEvenlyOverPartitions() {
        int[] count = new int[Layout.PARTITIONS];
        int keys = 256_000;
        for (int i = 0; i < keys; i++) {
            count[Layout.partitionOf(new RegisterKey(5, Bytes.utf8("train/part-" + i)))]++;
        }
        // A thousand keys each on average; six standard deviations of a fair throw are 190.
        assertTrue(Arrays.stream(count).allMatch(c -> c > 810 && c < 1190), () -> Arrays.toString(count));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 9, 13, 40})
    void everyStripeSetHasDifferentDrivesAndEveryDriveItsShareOfEveryPlace(int drives) {
        Layout layout = layout(drives);
        int width = layout.shape().drives();
        int[][] count = new int[drives][width];
        for (StripeSet set : layout.stripeSets()) {
            assertEquals(width, new HashSet<>(set.drives()).size());
            for (int place = 0; place < width; place++) {
                count[set.drives().get(place)][place]++;
            }
        }
        double fair = Layout.PARTITIONS / (double) drives;
        for (int[] places : count) {
            int total = Arrays.stream(places).sum();
            assertTrue(total > 0.55 * width * fair && total < 1.6 * width * fair, () -> Arrays.toString(places));
            boolean isRotated = drives == width;
            assertTrue(!isRotated || Arrays.stream(places).allMatch(c -> Math.abs(c - fair) <= 1));
        }
    }

    @Test
    void anAddedDriveMovesOnlyWhatItGains() {
        Layout before = layout(9);
        List<DriveId> more = new ArrayList<>(before.drives());
        more.add(drive(99));
        Layout after = new Layout(2, more, before.shape());
        for (int partition = 0; partition < Layout.PARTITIONS; partition++) {
            List<Integer> stayed =
                    new ArrayList<>(after.stripeSets().get(partition).drives());
            stayed.remove(Integer.valueOf(9));
            List<Integer> old = before.stripeSets().get(partition).drives();
            assertEquals(old.subList(0, stayed.size()), stayed);
        }
    }

    @Test
    void keyGoesToTheStripeSetOfItsPartition() {
        Layout layout = layout(6);
        RegisterKey key = new RegisterKey(3, Bytes.utf8("k"));
        assertEquals(layout.stripeSets().get(Layout.partitionOf(key)), layout.stripeSet(key));
    }

    @Test
    void impossibleLayoutsAreBugs() {
        assertThrows(IllegalArgumentException.class, () -> ErasureShape.forDrives(0));
        assertThrows(IllegalArgumentException.class, () -> new ErasureShape(20, 13));
        assertThrows(IllegalArgumentException.class, () -> new Layout(1, drives(3), new ErasureShape(2, 2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Layout(1, List.of(drive(1), drive(1)), new ErasureShape(1, 1)));
        assertThrows(IllegalArgumentException.class, () -> new Layout(0, drives(1), new ErasureShape(1, 0)));
    }

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Layout layout = new Layout(300, drives(7), new ErasureShape(4, 2));
        Golden.assertSame("layout-v1.bin", LayoutFormat.encode(layout));
        assertEquals(layout, LayoutFormat.decode(Golden.read("layout-v1.bin"), "golden"));
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsRefused() {
        byte[] sound = LayoutFormat.encode(layout(4));
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(CorruptException.class, () -> LayoutFormat.decode(damaged, "test"), "bit " + bit);
        }
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThrows(CorruptException.class, () -> LayoutFormat.decode(cut, "test"), "length " + length);
        }
    }

    @Test
    void nonsenseWithARightChecksumIsRefusedToo() {
        byte[] sound = LayoutFormat.encode(layout(4));
        int accepted = 0;
        for (int at = 1; at < 6; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = sound.clone();
                changed[at] = (byte) value;
                try {
                    Layout layout = LayoutFormat.decode(sealed(changed), "test");
                    assertEquals(4, layout.drives().size());
                    accepted++;
                } catch (IOException refused) {
                    assertTrue(refused instanceof CorruptException);
                }
            }
        }
        assertTrue(accepted < 200, "accepted " + accepted);
        byte[] newer = sound.clone();
        newer[0]++;
        assertThrows(FormatTooNewException.class, () -> LayoutFormat.decode(sealed(newer), "test"));
    }

    private static byte[] sealed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }

    private static Layout layout(int drives) {
        return new Layout(1, drives(drives), ErasureShape.forDrives(drives));
    }

    private static List<DriveId> drives(int count) {
        return IntStream.range(0, count).mapToObj(LayoutTest::drive).toList();
    }

    private static DriveId drive(int number) {
        return new DriveId(new UUID(0x1111_2222_3333_4444L + number, 0x8000_0000_0000_0000L + number));
    }
}
