package io.azekura.persistence.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.RowSamples;
import io.azekura.persistence.register.Slot;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DriveIndexTest {
    static final RegisterKey KEY = new RegisterKey(-3, Bytes.utf8("photos/1.jpg"));

    private final MapStore store = new MapStore();
    private final DriveIndex index = new DriveIndex(store, "index");

    /** A slot of two rows with all kinds of locations. */
    static StoredSlot slot(long counter) {
        Slot slot =
                new Slot(new Ballot(counter, 0), List.of(RowSamples.whole(counter), RowSamples.sharded(counter + 1)));
        return new StoredSlot(
                slot,
                List.of(
                        List.of(new Location.InLog(Location.WHOLE, 3, 8192, 4096)),
                        List.of(new Location.InFile(2), new Location.InLog(5, 4, 1L << 33, 131_104))));
    }

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        index.write(new IndexBatch()
                .putSlot(KEY, slot(300))
                .putStaged(new DataId(1, -2), new Location.InLog(5, 300, 70_000, 131_104))
                .putStaged(new DataId(1, -2), new Location.InFile(1))
                .putFence(-3, new Fence(300, true))
                .putCheckpoint(new IndexCheckpoint(300, 1L << 33, 1L << 40))
                .putMeta("promise", Bytes.utf8("bound")));
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        for (Map.Entry<byte[], byte[]> entry : store.map.entrySet()) {
            entries.write(entry.getKey().length);
            entries.writeBytes(entry.getKey());
            entries.write(entry.getValue().length >> 8);
            entries.write(entry.getValue().length);
            entries.writeBytes(entry.getValue());
        }
        Golden.assertSame("index-entries-v1.bin", entries.toByteArray());
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        DataId id = new DataId(1, -2);
        Location inLog = new Location.InLog(5, 300, 70_000, 131_104);
        Location inFile = new Location.InFile(1);
        index.write(new IndexBatch()
                .putSlot(KEY, slot(7))
                .putStaged(id, inLog)
                .putStaged(id, inFile)
                .putStaged(new DataId(1, -1), inFile)
                .putFence(9, new Fence(4, false))
                .putFence(-9, new Fence(5, true))
                .putCheckpoint(new IndexCheckpoint(1, 2, 3))
                .putMeta("promise", Bytes.utf8("bound")));
        assertEquals(slot(7), index.get(KEY));
        assertEquals(inLog, index.staged(id, 5));
        assertEquals(List.of(new Staged(id, inFile), new Staged(id, inLog)), index.staged(id));
        assertEquals(3, index.staged().size());
        assertEquals(new Fence(4, false), index.fence(9));
        assertEquals(Map.of(9L, new Fence(4, false), -9L, new Fence(5, true)), index.fences());
        assertEquals(new IndexCheckpoint(1, 2, 3), index.checkpoint());
        assertEquals(Bytes.utf8("bound"), index.meta("promise"));
        index.write(new IndexBatch().removeSlot(KEY).removeStaged(id, 5));
        assertNull(index.get(KEY));
        assertNull(index.staged(id, 5));
        assertEquals(2, index.staged().size());
    }

    @Test
    void emptyIndexHasNothing() throws Exception {
        assertNull(index.get(KEY));
        assertNull(index.checkpoint());
        assertNull(index.meta("promise"));
        assertNull(index.fence(1));
        assertNull(index.staged(new DataId(1, 1), 0));
        assertTrue(index.fences().isEmpty());
        try (SlotCursor cursor = index.slots()) {
            assertFalse(cursor.next());
        }
    }

    @Test
    void cursorStaysInItsSpaceAndSeeks() throws Exception {
        IndexBatch batch = new IndexBatch().putFence(1, new Fence(1, false));
        for (long space : new long[] {1, 2, -1}) {
            for (String key : List.of("", "a", "b/1", "b/2", "c")) {
                batch.putSlot(new RegisterKey(space, Bytes.utf8(key)), slot(space & 0xFF));
            }
        }
        index.write(batch);
        assertEquals(List.of("", "a", "b/1", "b/2", "c"), keys(index.slots(2, Bytes.EMPTY)));
        assertEquals(List.of("b/2", "c"), keys(index.slots(2, Bytes.utf8("b/11"))));
        assertEquals(15, keys(index.slots()).size());
        try (SlotCursor cursor = index.slots(2, Bytes.utf8("a"))) {
            assertTrue(cursor.next());
            assertEquals(new RegisterKey(2, Bytes.utf8("a")), cursor.key());
            assertEquals(slot(2), cursor.slot());
            cursor.seek(new RegisterKey(2, Bytes.utf8("b0")));
            assertTrue(cursor.next());
            assertEquals(new RegisterKey(2, Bytes.utf8("c")), cursor.key());
            assertFalse(cursor.next());
        }
    }

    @Test
    void everyFlippedBitOfAValueIsRefused() throws Exception {
        index.write(new IndexBatch().putSlot(KEY, slot(7)));
        byte[] key = IndexKey.row(KEY);
        byte[] value = stored(KEY);
        for (int bit = 0; bit < value.length * 8; bit++) {
            byte[] damaged = value.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            store.map.put(key, damaged);
            assertThrows(CorruptException.class, () -> index.get(KEY), "bit " + bit);
        }
    }

    @Test
    void everyTruncatedValueIsRefused() throws Exception {
        index.write(new IndexBatch().putSlot(KEY, slot(7)));
        byte[] key = IndexKey.row(KEY);
        byte[] value = stored(KEY);
        for (int length = 0; length < value.length; length++) {
            store.map.put(key, Arrays.copyOf(value, length));
            assertThrows(CorruptException.class, () -> index.get(KEY), "length " + length);
        }
    }

    @Test
    void valueUnderAnotherKeyIsRefused() throws Exception {
        RegisterKey other = new RegisterKey(-3, Bytes.utf8("photos/2.jpg"));
        index.write(new IndexBatch().putSlot(KEY, slot(7)));
        store.map.put(IndexKey.row(other), stored(KEY));
        assertNotNull(index.get(KEY));
        assertThrows(CorruptException.class, () -> index.get(other));
    }

    @Test
    void valueOfALaterFormatIsNotTakenForDamage() {
        byte[] key = IndexKey.row(KEY);
        byte[] value = IndexEnvelope.seal(key, new byte[] {StoredSlotFormat.VERSION + 1});
        store.map.put(key, value);
        assertThrows(FormatTooNewException.class, () -> index.get(KEY));
    }

    @Test
    void damagedEntryDoesNotHideTheOnesAfterIt() throws Exception {
        RegisterKey next = new RegisterKey(-3, Bytes.utf8("photos/2.jpg"));
        index.write(new IndexBatch().putSlot(KEY, slot(7)).putSlot(next, slot(8)));
        stored(KEY)[20] ^= 1;
        try (SlotCursor cursor = index.slots()) {
            assertThrows(CorruptException.class, cursor::next);
            assertThrows(IllegalStateException.class, cursor::slot);
            assertTrue(cursor.next());
            assertEquals(next, cursor.key());
        }
    }

    @Test
    void locationsAreFoundByBallot() {
        StoredSlot stored = slot(7);
        assertEquals(1, stored.locations(RowSamples.whole(7).accepted()).size());
        assertEquals(2, stored.locations(RowSamples.sharded(8).accepted()).size());
        assertEquals(List.of(), stored.locations(new Ballot(9, 9)));
    }

    private byte[] stored(RegisterKey key) {
        return Objects.requireNonNull(store.map.get(IndexKey.row(key)));
    }

    private static List<String> keys(SlotCursor cursor) throws Exception {
        List<String> keys = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                keys.add(cursor.key().key().utf8());
            }
        }
        return keys;
    }
}
