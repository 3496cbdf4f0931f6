package io.azekura.persistence.drive;

import io.azekura.persistence.index.SlotCursor;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A scan of the index as it was when the scan began, with every ballot known chosen shown as such. A row that was not
 * settled then is looked up again: most likely it is by now, and whoever lists needs not ask other drives.
 */
final class IndexRowCursor implements Drive.RowCursor {
    private final SlotCursor cursor;
    private final long space;
    private final SlotTable slots;
    private final DriveHealth health;
    private @Nullable Bytes seekTarget;
    private Slot slot = Slot.EMPTY;

    IndexRowCursor(SlotCursor cursor, long space, SlotTable slots, DriveHealth health) {
        this.cursor = cursor;
        this.space = space;
        this.slots = slots;
        this.health = health;
    }

    @Override
    public boolean next() throws IOException {
        health.requireUsable();
        Bytes target = seekTarget;
        if (target != null) {
            seekTarget = null;
            cursor.seek(new RegisterKey(space, target));
        }
        if (!cursor.next()) {
            return false;
        }
        slot = slots.view(cursor.key(), cursor.slot()).slot();
        if (!slot.isSettled()) {
            slot = slots.view(cursor.key()).slot();
        }
        return true;
    }

    @Override
    public Bytes key() {
        return cursor.key().key();
    }

    @Override
    public Slot slot() {
        return slot;
    }

    @Override
    public void seek(Bytes key) {
        seekTarget = key;
    }

    @Override
    public void close() {
        cursor.close();
    }
}
