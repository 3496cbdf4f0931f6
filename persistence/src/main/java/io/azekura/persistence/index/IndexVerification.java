package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole index through one snapshot and proves that it holds exactly what was put into it: every value fits its
 * checksum and key, keys ascend, the census of the slots, fences and bound that are found equals the one that was kept
 * with them, and exactly the unsettled slots are listed as such. So it finds not only what is damaged, but also what is
 * missing, and what should be gone. The index may be written meanwhile.
 *
 * <p>Goes on by {@link #advance} as fast as its caller wants, and may be given up at any time. It holds native memory, and
 * keeps LevelDB from deleting tables that were replaced since it began: hours are fine, days are not. One thread.
 */
public final class IndexVerification implements AutoCloseable {
    private final KeyValueStore.Cursor cursor;
    private final String index;
    private final DriveIndex.DamageListener listener;
    private final Census stored = new Census();
    private final Census found = new Census();
    private final Set<RegisterKey> unsettled = new HashSet<>();
    private byte @Nullable [] lastKey;
    private long entries;
    private boolean finished;

    IndexVerification(KeyValueStore.Cursor cursor, String index, DriveIndex.DamageListener listener) {
        this.cursor = cursor;
        this.index = index;
        this.listener = listener;
    }

    /**
     * Goes over as many more entries; false when all have been and the index is sound.
     *
     * @throws CorruptException if it is not, and has to be rebuilt
     */
    public boolean advance(int entriesMax) throws IOException {
        try {
            return goOn(entriesMax);
        } catch (CorruptException e) {
            listener.onDamage(e);
            throw e;
        }
    }

    private boolean goOn(int entriesMax) throws IOException {
        for (int i = 0; i < entriesMax && !finished; i++) {
            if (cursor.next()) {
                verify(cursor.key(), cursor.value());
                entries++;
            } else {
                finished = true;
                compare();
            }
        }
        return !finished;
    }

    /** Entries of all kinds that were looked at. */
    public long entries() {
        return entries;
    }

    /** What was found so far; at the end, that of the index. */
    public Census census() {
        return found.copy();
    }

    @Override
    public void close() {
        cursor.close();
    }

    private void verify(byte[] key, byte[] value) throws IOException {
        byte[] previous = lastKey;
        if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
            throw doubt("keys in ascending order", "one that does not follow");
        }
        lastKey = key;
        ByteReader payload = IndexEnvelope.open(key, value, index);
        switch (key[0]) {
            case IndexKey.CENSUS -> stored.set(IndexKey.censusGroupOf(key), CensusFormat.decode(payload));
            case IndexKey.FENCE -> found.replaceFence(IndexKey.fenceSpaceOf(key), null, DriveIndex.fenceOf(payload));
            case IndexKey.ROW -> {
                RegisterKey rowKey = IndexKey.rowOf(key);
                StoredSlot slot = StoredSlotFormat.decode(payload);
                found.replaceSlot(rowKey, null, slot.slot());
                if (!slot.slot().isSettled()) {
                    unsettled.add(rowKey);
                }
            }
            case IndexKey.UNSETTLED -> {
                RegisterKey rowKey = IndexKey.rowOf(key);
                if (!unsettled.remove(rowKey)) {
                    throw doubt("an unsettled slot under " + rowKey, "none");
                }
            }
            default -> verifyOther(key, payload);
        }
    }

    private void verifyOther(byte[] key, ByteReader payload) throws IOException {
        if (Arrays.equals(key, IndexKey.meta(DriveIndex.BOUND))) {
            found.replaceBound(0, payload.i64());
        } else if (key[0] == IndexKey.STAGED) {
            IndexKey.stagedIdOf(key);
            StoredSlotFormat.readLocation(payload);
        } else if (key[0] == IndexKey.OWNER) {
            DriveIndex.keyOf(payload);
        } else if (key[0] != IndexKey.META) {
            throw doubt("a known kind of key", "kind " + key[0]);
        }
    }

    private void compare() throws CorruptException {
        int group = stored.firstDifference(found);
        if (group >= 0) {
            throw doubt(stored.describe(group), found.describe(group));
        }
        if (!unsettled.isEmpty()) {
            RegisterKey one = unsettled.iterator().next();
            throw doubt("a note of the unsettled slot " + one, "none");
        }
    }

    private CorruptException doubt(String expected, String was) {
        return new CorruptException(index, 0, expected, was);
    }
}
