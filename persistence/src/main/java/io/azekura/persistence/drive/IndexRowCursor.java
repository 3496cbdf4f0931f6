package io.azekura.persistence.drive;

import io.azekura.persistence.index.SlotCursor;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A scan of the index, with every ballot known chosen shown as such. */
final class IndexRowCursor implements Drive.RowCursor {
    private final SlotCursor cursor;
    private final long space;
    private final SlotTable slots;
    private final DriveHealth health;
    private @Nullable Bytes seekTarget;

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
        return cursor.next();
    }

    @Override
    public Bytes key() {
        return cursor.key().key();
    }

    @Override
    public Slot slot() {
        return slots.view(cursor.key(), cursor.slot()).slot();
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
