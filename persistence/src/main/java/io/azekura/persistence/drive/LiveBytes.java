package io.azekura.persistence.drive;

import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import java.util.List;

/**
 * About how many bytes of the log a drive would need for what it has, if nothing else were in it. From the slot alone, so
 * that what is added for a slot is exactly what is taken away when it changes. Rows with few operations remembered are
 * the rule; what a row takes beside its value is counted as a constant.
 */
final class LiveBytes {
    /** Framing, ballot, state without its value, one remembered operation. */
    private static final int ROW_BYTES = 192;

    private LiveBytes() {}

    static long of(RegisterKey key, StoredSlot stored) {
        List<Row> rows = stored.slot().rows();
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            bytes += ROW_BYTES + key.key().length() + row.state().value().length();
            boolean isWhole = row.state().content() instanceof Content.Whole;
            for (Location location : stored.locations().get(i)) {
                // The place of a whole body is the record of its row, which is counted.
                bytes += isWhole ? 0 : of(location);
            }
            bytes += row.state().content() instanceof Content.Whole whole ? whole.length() : 0;
        }
        return bytes;
    }

    static long of(Location location) {
        return location instanceof Location.InLog inLog ? inLog.length() : 0;
    }
}
