package io.azekura.persistence.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowSamples;
import io.azekura.persistence.register.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CensusTest {
    private static final RegisterKey KEY = new RegisterKey(3, Bytes.utf8("photos/1.jpg"));

    private static Slot slot(long counter) {
        return new Slot(new Ballot(counter, 4), List.of(RowSamples.whole(counter), RowSamples.sharded(counter + 1)));
    }

    private static Census sample() {
        Census census = new Census();
        for (int i = 0; i < 5; i++) {
            census.replaceSlot(new RegisterKey(i, Bytes.utf8("key/" + "x".repeat(i * 5))), null, slot(300 + i));
        }
        census.replaceFence(-7, null, new Fence(300, true));
        census.replaceBound(0, 1L << 40);
        return census;
    }

    private static byte[] encode(Census census) {
        ByteWriter writer = new ByteWriter(64);
        CensusFormat.write(census, writer);
        return writer.toByteArray();
    }

    @Test
    void bytesAreThoseOfVersionOneAndSoAreTheHashesInThem() throws Exception {
        Golden.assertSame("census-v1.bin", encode(sample()));
        ByteReader reader = new ByteReader(Golden.read("census-v1.bin"), "golden");
        assertEquals(sample(), CensusFormat.read(reader));
        reader.end();
    }

    @Test
    void damagedBytesAreRefused() {
        byte[] encoded = encode(sample());
        for (int length = 0; length < encoded.length; length++) {
            ByteReader cut = new ByteReader(encoded, 0, length, "cut");
            assertThrows(CorruptException.class, () -> CensusFormat.read(cut));
        }
        byte[] later = encoded.clone();
        later[0]++;
        assertThrows(FormatTooNewException.class, () -> CensusFormat.read(new ByteReader(later, "later")));
        byte[] descending = new ByteWriter(64)
                .u8(1)
                .varint(2)
                .varint(5)
                .varint(1)
                .i64(1)
                .varint(5)
                .varint(1)
                .i64(1)
                .toByteArray();
        assertThrows(CorruptException.class, () -> CensusFormat.read(new ByteReader(descending, "descending")));
    }

    @Test
    void whateverOrderSlotsChangeInTheCensusIsThatOfWhatIsThereInTheEnd() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Map<RegisterKey, Slot> slots = new TreeMap<>();
            Census kept = new Census();
            for (int step = 0; step < 500; step++) {
                RegisterKey key = new RegisterKey(random.nextInt(2), Bytes.utf8("k" + random.nextInt(60)));
                Slot next = random.nextInt(4) == 0 ? Slot.EMPTY : slot(1 + random.nextInt(50));
                kept.replaceSlot(key, slots.put(key, next), next);
            }
            slots.values().removeIf(Slot.EMPTY::equals);
            Census counted = new Census();
            List<RegisterKey> shuffled = new ArrayList<>(slots.keySet());
            Collections.shuffle(shuffled, random);
            shuffled.forEach(key -> counted.replaceSlot(key, null, slots.get(key)));
            assertEquals(counted, kept, "seed " + seed);
            assertEquals(slots.size(), kept.slots());
        }
    }

    @Test
    void everyPartOfASlotIsCovered() {
        Row first = RowSamples.whole(5);
        Row second = RowSamples.sharded(6);
        Ballot settled = new Ballot(5, 1);
        List<Slot> different = List.of(
                new Slot(settled, List.of(first, second)),
                new Slot(new Ballot(6, 1), List.of(first, second)),
                new Slot(new Ballot(5, 2), List.of(first, second)),
                new Slot(settled, List.of(first)),
                new Slot(settled, List.of(second)),
                new Slot(settled, List.of(first, new Row(new Ballot(7, 7), second.state()))),
                new Slot(settled, List.of(first, new Row(second.accepted(), first.state()))),
                new Slot(settled, List.of(first, second), new History(1, 0, 0)),
                new Slot(settled, List.of(first, second), new History(1, 1, 0)),
                new Slot(settled, List.of(first, second), new History(1, 0, 1)));
        Set<Census> censuses = new HashSet<>();
        for (Slot slot : different) {
            Census census = new Census();
            census.replaceSlot(KEY, null, slot);
            censuses.add(census);
        }
        assertEquals(different.size(), censuses.size());
    }

    @Test
    void everyBitOfAKeyIsCovered() {
        byte[] bytes = KEY.key().array();
        Census of = new Census();
        of.replaceSlot(KEY, null, slot(5));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Census other = new Census();
            other.replaceSlot(new RegisterKey(3, Bytes.wrap(flipped)), null, slot(5));
            assertNotEquals(of, other);
        }
        Census longer = new Census();
        longer.replaceSlot(new RegisterKey(3, Bytes.utf8("photos/1.jpg\0")), null, slot(5));
        assertNotEquals(of, longer);
    }

    @Test
    void fencesAndTheBoundAreCoveredInAGroupOfTheirOwn() {
        Census census = new Census();
        census.replaceFence(1, null, new Fence(4, false));
        census.replaceFence(1, new Fence(4, false), new Fence(5, false));
        census.replaceBound(0, 10);
        census.replaceBound(10, 20);
        Census expected = new Census();
        expected.replaceBound(0, 20);
        expected.replaceFence(1, null, new Fence(5, false));
        assertEquals(-1, census.firstDifference(expected));
        expected.replaceFence(1, new Fence(5, false), new Fence(5, true));
        assertEquals(Census.REFUSALS, census.firstDifference(expected));
        assertEquals(0, census.slots());
    }

    @Test
    void keysSpreadEvenlyOverTheGroups() {
        Census census = new Census();
        for (int i = 0; i < 25_600; i++) {
            census.replaceSlot(new RegisterKey(9, Bytes.utf8("backup/2026/" + i)), null, slot(1));
        }
        for (int group = 0; group < Census.SLOT_GROUPS; group++) {
            long count = census.group(group).count();
            assertTrue(count > 50 && count < 150, "group " + group + " has " + count + " of 100 expected");
        }
    }
}
