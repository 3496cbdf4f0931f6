package io.azekura.persistence.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexVerificationTest {
    private final MapStore store = new MapStore();
    private final DriveIndex index = new DriveIndex(store, "index");
    private final List<CorruptException> damage = new ArrayList<>();
    private final Census census = new Census();

    private static RegisterKey key(int number) {
        return new RegisterKey(7, Bytes.utf8("k" + number));
    }

    @BeforeEach
    void fill() throws IOException {
        index.onDamage(damage::add);
        IndexBatch batch = new IndexBatch();
        for (int i = 0; i < 20; i++) {
            put(batch, i, 100);
        }
        batch.putFence(9, new Fence(3, true)).putStaged(new DataId(1, 2), new Location.InFile(3));
        census.replaceFence(9, null, new Fence(3, true));
        batch.putMeta(
                DriveIndex.BOUND,
                Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(77).flip()));
        census.replaceBound(0, 77);
        batch.putCensus(Census.REFUSALS, census.group(Census.REFUSALS));
        index.write(batch.putCheckpoint(new IndexCheckpoint(1, 4096, 9)));
    }

    /** All sample slots are unsettled. */
    private void put(IndexBatch batch, int number, long counter) throws IOException {
        StoredSlot old = index.get(key(number));
        StoredSlot slot = DriveIndexTest.slot(counter);
        int group = census.replaceSlot(key(number), old == null ? null : old.slot(), slot.slot());
        batch.putSlot(key(number), slot).putUnsettled(key(number)).putCensus(group, census.group(group));
    }

    private Census verify() throws IOException {
        try (IndexVerification verification = index.verification()) {
            while (verification.advance(3)) {
                // Until the end.
            }
            return verification.census();
        }
    }

    @Test
    void whatWasPutThereIsFound() throws IOException {
        assertEquals(index.census(), verify());
        assertEquals(census, verify());
        assertEquals(List.of(), damage);
    }

    @Test
    void theLossOfAnyEntryThatMattersIsFound() {
        int lost = 0;
        for (byte[] key : List.copyOf(store.map.keySet())) {
            boolean matters = key[0] != IndexKey.STAGED && !isCheckpoint(key);
            byte[] value = Objects.requireNonNull(store.map.remove(key));
            if (matters) {
                assertThrows(CorruptException.class, this::verify, "without " + Bytes.wrap(key));
                lost++;
            }
            store.map.put(key, value);
        }
        assertEquals(lost, damage.size(), "the owner is told each time");
        assertTrue(lost > 60);
    }

    private static boolean isCheckpoint(byte[] key) {
        return Arrays.equals(key, IndexKey.meta(DriveIndex.CHECKPOINT));
    }

    @Test
    void anyFlippedBitIsFound() {
        for (byte[] key : List.copyOf(store.map.keySet())) {
            byte[] value = Objects.requireNonNull(store.map.get(key));
            for (int bit = 0; bit < value.length * 8; bit += 5) {
                value[bit / 8] ^= (byte) (1 << (bit % 8));
                assertThrows(CorruptException.class, this::verify);
                value[bit / 8] ^= (byte) (1 << (bit % 8));
            }
        }
    }

    @Test
    void anOldValueThatComesBackIsFound() throws IOException {
        byte[] old = Objects.requireNonNull(store.map.get(IndexKey.row(key(4)))).clone();
        IndexBatch batch = new IndexBatch();
        put(batch, 4, 200);
        index.write(batch);
        verify();
        store.map.put(IndexKey.row(key(4)), old);
        CorruptException found = assertThrows(CorruptException.class, this::verify);
        assertTrue(String.valueOf(found.getMessage()).contains("slots in group"), found.getMessage());
    }

    @Test
    void anEntryThatShouldBeGoneIsFound() throws IOException {
        store.map.put(
                IndexKey.row(key(99)),
                IndexEnvelope.seal(IndexKey.row(key(99)), StoredSlotFormat.encode(DriveIndexTest.slot(1))));
        assertThrows(CorruptException.class, this::verify);
    }

    @Test
    void aNoteOfAnUnsettledSlotThatIsNotThereIsFound() {
        byte[] key = IndexKey.unsettled(key(99));
        store.map.put(key, IndexEnvelope.seal(key, new byte[0]));
        assertThrows(CorruptException.class, this::verify);
    }

    @Test
    void whatIsWrittenMeanwhileIsLeftOut() throws IOException {
        try (IndexVerification verification = index.verification()) {
            assertTrue(verification.advance(10));
            IndexBatch batch = new IndexBatch();
            for (int i = 0; i < 40; i++) {
                put(batch, i, 300);
            }
            index.write(batch);
            while (verification.advance(10)) {
                assertTrue(verification.entries() > 0);
            }
            assertFalse(verification.advance(10));
        }
        verify();
    }
}
