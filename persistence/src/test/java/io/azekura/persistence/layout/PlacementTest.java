package io.azekura.persistence.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.journal.JournalKey;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.PartKey;
import io.azekura.persistence.object.UploadId;
import io.azekura.persistence.register.RegisterKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final Placement PLACEMENT = new Placement(1 << 16);

    /** Another partition for a key is another store: whoever breaks this loses every object. */
    @Test
    void partitionsAreFrozen() {
        long space = BucketSpace.incarnation(0x0123456789ABCDEFL, 4);
        assertEquals(0, PLACEMENT.partitionOf(new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8("a"))));
        assertEquals(27496, PLACEMENT.partitionOf(new RegisterKey(space, Bytes.EMPTY)));
        assertEquals(1265, PLACEMENT.partitionOf(new RegisterKey(space, Bytes.utf8("a"))));
        assertEquals(9981, PLACEMENT.partitionOf(new RegisterKey(space, Bytes.utf8("photos/2026/東京.jpg"))));
        assertEquals(
                14496, PLACEMENT.partitionOf(JournalKey.mark("bucket|photos").register()));
        assertEquals(
                List.of(18697, 49286, 14339, 44928),
                PLACEMENT.partitionsOf(space).subList(0, 4));
    }

    @Test
    void partsLieWithTheirObject() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            long space = BucketSpace.incarnation(random.nextLong(), i % 16);
            RegisterKey object = new RegisterKey(space, Bytes.utf8("video/" + i));
            UploadId upload = new UploadId(random.nextLong(), random.nextLong());
            PartKey part = new PartKey(object, upload, 1 + i, new DataId(random.nextLong(), i));
            assertEquals(PLACEMENT.partitionOf(object), PLACEMENT.partitionOf(part.encode()));
            assertEquals(PLACEMENT.partitionsOf(space), PLACEMENT.partitionsOf(BucketSpace.parts(space)));
        }
    }

    @Test
    void registersOfOneEntityLieTogetherAndEntitiesApart() {
        HashSet<Integer> partitions = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String id = "entity|" + i;
            int partition = PLACEMENT.partitionOf(JournalKey.mark(id).register());
            assertEquals(
                    partition, PLACEMENT.partitionOf(JournalKey.batch(id, 1 + i).register()));
            assertEquals(
                    partition, PLACEMENT.partitionOf(JournalKey.snapshot(id, 9).register()));
            partitions.add(partition);
        }
        assertTrue(partitions.size() > 950, "only " + partitions.size());
    }

    @Test
    void keysLieInThePartitionsOfTheirSpaceAndInAllOfThemAlike() {
        Random random = new Random(2);
        for (int spread = 0; spread <= 10; spread++) {
            long space = BucketSpace.incarnation(random.nextLong(), spread);
            List<Integer> partitions = PLACEMENT.partitionsOf(space);
            assertEquals(1 << spread, new HashSet<>(partitions).size());
            int[] count = new int[1 << spread];
            for (int i = 0; i < 400 << spread; i++) {
                int slice = partitions.indexOf(PLACEMENT.partitionOf(new RegisterKey(space, Bytes.utf8("part-" + i))));
                count[slice]++;
            }
            // Four hundred keys each on average; six standard deviations of a fair throw are 120.
            assertTrue(Arrays.stream(count).allMatch(c -> c > 280 && c < 520), () -> Arrays.toString(count));
        }
    }

    @Test
    void aSpaceOfMoreSlicesThanPartitionsLiesInAll() {
        Placement small = new Placement(64);
        long space = BucketSpace.incarnation(77L << 20, 15);
        assertEquals(64, new HashSet<>(small.partitionsOf(space)).size());
        for (int i = 0; i < 500; i++) {
            int partition = small.partitionOf(new RegisterKey(space, Bytes.utf8("k" + i)));
            assertTrue(partition >= 0 && partition < 64);
        }
    }

    @Test
    void twiceThePartitionsSplitEveryOne() {
        Placement twice = new Placement(1 << 17);
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            RegisterKey key = new RegisterKey(BucketSpace.incarnation(random.nextLong(), i % 16), Bytes.utf8("k" + i));
            assertEquals(PLACEMENT.partitionOf(key), twice.partitionOf(key) % (1 << 16));
        }
    }

    @Test
    void spacesOfOneSpreadFillPartitionsAlike() {
        Placement small = new Placement(256);
        int[] count = new int[256];
        Random random = new Random(4);
        for (int i = 0; i < 16_000; i++) {
            small.partitionsOf(BucketSpace.incarnation(random.nextLong(), 4)).forEach(p -> count[p]++);
        }
        // A thousand each on average; six standard deviations of a fair throw are 190.
        assertTrue(Arrays.stream(count).allMatch(c -> c > 810 && c < 1190), () -> Arrays.toString(count));
    }

    @Test
    void impossibleKeysAreBugs() {
        assertThrows(IllegalArgumentException.class, () -> new Placement(100));
        RegisterKey noFamily = new RegisterKey((9L << 7) | 2, Bytes.utf8("0123456789"));
        assertThrows(IllegalArgumentException.class, () -> PLACEMENT.partitionOf(noFamily));
        RegisterKey cutShort = new RegisterKey((9L << 7) | 1, Bytes.wrap(new byte[] {0, 9, 1}));
        assertThrows(IllegalArgumentException.class, () -> PLACEMENT.partitionOf(cutShort));
    }
}
