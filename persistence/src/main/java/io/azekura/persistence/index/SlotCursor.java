package io.azekura.persistence.index;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes forward over the slots of one space, or of all of them, by ascending key, as they were when it was opened.
 * One thread at a time; close it soon: it holds native memory. A closed index makes {@link #next} throw.
 */
public final class SlotCursor implements AutoCloseable {
    private final KeyValueStore.Cursor cursor;
    private final byte[] prefix;
    private final String index;
    private final DriveIndex.DamageListener listener;
    private @Nullable RegisterKey key;
    private @Nullable StoredSlot slot;

    SlotCursor(KeyValueStore.Cursor cursor, byte[] prefix, String index, DriveIndex.DamageListener listener) {
        this.cursor = cursor;
        this.listener = listener;
        this.prefix = prefix;
        this.index = index;
    }

    /**
     * Moves to the next slot and verifies it; false when there is none.
     *
     * @throws CorruptException if the entry is damaged; the next call goes on after it
     */
    public boolean next() throws IOException {
        key = null;
        slot = null;
        try {
            return step();
        } catch (CorruptException e) {
            listener.onDamage(e);
            throw e;
        }
    }

    private boolean step() throws IOException {
        if (!cursor.next() || !DriveIndex.startsWith(cursor.key(), prefix)) {
            return false;
        }
        RegisterKey found = IndexKey.rowOf(cursor.key());
        slot = StoredSlotFormat.decode(IndexEnvelope.open(cursor.key(), cursor.value(), index));
        key = found;
        return true;
    }

    public RegisterKey key() {
        return current(key);
    }

    public StoredSlot slot() {
        return current(slot);
    }

    /** Makes the next call of {@link #next} stand on the first key at or after the given one. */
    public void seek(RegisterKey to) throws IOException {
        cursor.seek(IndexKey.row(to));
    }

    @Override
    public void close() {
        cursor.close();
    }

    private static <T> T current(@Nullable T value) {
        Check.state(value != null, "the cursor stands on no slot");
        return Objects.requireNonNull(value);
    }
}
