package io.azekura.persistence.index;

import io.azekura.persistence.Check;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import java.util.List;

/**
 * What one drive's index holds under a key: the slot, and for each of its rows, in the same order, where the bytes
 * that this drive has of it are. The locations are this drive's own business and no part of the replicated state.
 */
public record StoredSlot(Slot slot, List<List<Location>> locations) {
    /** Most shards of one row on one drive: displaced ones may double up, but never beyond the widest layout. */
    public static final int LOCATIONS_MAX = 32;

    public StoredSlot {
        locations = locations.stream().map(List::copyOf).toList();
        Check.argument(locations.size() == slot.rows().size(), "one list of locations per row");
        Check.argument(locations.stream().allMatch(of -> of.size() <= LOCATIONS_MAX), "too many locations of one row");
    }

    /** Where the bytes of the row accepted under this ballot are; none when there is no such row. */
    public List<Location> locations(Ballot accepted) {
        List<Row> rows = slot.rows();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).accepted().equals(accepted)) {
                return locations.get(i);
            }
        }
        return List.of();
    }
}
