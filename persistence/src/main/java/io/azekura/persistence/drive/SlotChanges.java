package io.azekura.persistence.drive;

import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How log records change a slot with its locations: pure, and the same for a commit and for a replay. Each change may
 * be made again to what it made, and then changes nothing.
 */
final class SlotChanges {
    static final StoredSlot EMPTY = new StoredSlot(Slot.EMPTY, List.of());

    private SlotChanges() {}

    /** Adds a row in ballot order (register rule 15), and drops what it or an earlier one replaced. */
    static StoredSlot accept(StoredSlot stored, Row row, List<Location> locations) {
        if (hasRow(stored.slot(), row.accepted())) {
            return stored;
        }
        List<Row> rows = new ArrayList<>(stored.slot().rows());
        rows.add(row);
        rows.sort(Comparator.comparing(Row::accepted));
        withoutRepeated(rows);
        Slot extended = new Slot(stored.slot().settled(), rows, stored.slot().base());
        Slot next = Acceptor.settle(extended, extended.settled());
        List<List<Location>> all = new ArrayList<>();
        for (Row one : next.rows()) {
            all.add(one.accepted().equals(row.accepted()) ? locations : locations(stored, one));
        }
        return new StoredSlot(next, all);
    }

    /**
     * The slot that an image says, with what is known chosen since. {@code locations} are those of the image's rows. No row
     * is accepted between the moment at which an image is taken and that at which it is logged, so it lacks none.
     */
    static StoredSlot image(StoredSlot stored, LogRecord.Image image, List<List<Location>> locations) {
        List<Row> rows = image.rows().stream().map(LogRecord.ImageRow::row).toList();
        StoredSlot taken = new StoredSlot(new Slot(image.settled(), rows, image.base()), locations);
        return settle(taken, stored.slot().settled());
    }

    /** The slot with another place of a shard, which at least one of its rows names. */
    static StoredSlot moved(StoredSlot stored, DataId id, Location to) {
        List<Row> rows = stored.slot().rows();
        List<List<Location>> all = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<Location> of = new ArrayList<>(stored.locations().get(i));
            if (id.equals(dataId(rows.get(i).state().content()))) {
                of.removeIf(location -> location.shard() == to.shard());
                of.add(to);
            }
            all.add(of);
        }
        return new StoredSlot(stored.slot(), all);
    }

    /** A row that is known chosen by a ballot between two rows of its state has the places of the first of these. */
    private static List<Location> locations(StoredSlot stored, Row row) {
        if (hasRow(stored.slot(), row.accepted())) {
            return stored.locations(row.accepted());
        }
        return stored.slot().rows().stream()
                .filter(one -> one.state().equals(row.state()))
                .findFirst()
                .map(one -> stored.locations(one.accepted()))
                .orElseThrow();
    }

    /** Of neighbours with the same state only the first and the last stay, as an accept leaves them. */
    private static void withoutRepeated(List<Row> rows) {
        for (int i = rows.size() - 2; i > 0; i--) {
            if (isSame(rows, i - 1) && isSame(rows, i)) {
                rows.remove(i);
            }
        }
        int last = rows.size() - 1;
        if (rows.size() > Slot.ROWS_MAX && isSame(rows, last - 1)) {
            rows.remove(last - 1);
        }
    }

    private static boolean isSame(List<Row> rows, int first) {
        return rows.get(first).state().equals(rows.get(first + 1).state());
    }

    /** Notes that the ballot is chosen, and drops the rows below it if the drive has its row. */
    static StoredSlot settle(StoredSlot stored, Ballot ballot) {
        if (ballot.compareTo(stored.slot().settled()) <= 0) {
            return stored;
        }
        Slot next = Acceptor.settle(stored.slot(), ballot);
        return new StoredSlot(
                next, next.rows().stream().map(row -> locations(stored, row)).toList());
    }

    /** Shard files that the slot had and has no more. */
    static Set<StagedShards.Name> droppedFiles(StoredSlot before, StoredSlot after) {
        Set<StagedShards.Name> dropped = files(before);
        dropped.removeAll(files(after));
        return dropped;
    }

    /** The shards here that rows of the slot name. */
    static Set<StagedShards.Name> shards(StoredSlot stored) {
        Set<StagedShards.Name> shards = new HashSet<>();
        List<Row> rows = stored.slot().rows();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).state().content() instanceof Content.Sharded sharded) {
                for (Location location : stored.locations().get(i)) {
                    shards.add(new StagedShards.Name(sharded.id(), location.shard()));
                }
            }
        }
        return shards;
    }

    /** Whether a row of the slot names the data. */
    static boolean names(StoredSlot stored, DataId id) {
        return stored.slot().rows().stream()
                .anyMatch(row -> id.equals(dataId(row.state().content())));
    }

    /** Where the shard of the data id is according to any row of the slot, or null. */
    static @Nullable Location find(StoredSlot stored, DataId id, int shard) {
        List<Row> rows = stored.slot().rows();
        for (int i = 0; i < rows.size(); i++) {
            if (id.equals(dataId(rows.get(i).state().content()))) {
                for (Location location : stored.locations().get(i)) {
                    if (location.shard() == shard) {
                        return location;
                    }
                }
            }
        }
        return null;
    }

    /** The shards of a row that a drive at this position must have. */
    static List<Integer> ownShards(Content.Sharded sharded, int position) {
        List<Integer> own = new ArrayList<>();
        for (int shard = 0; shard < sharded.holders().size(); shard++) {
            if (sharded.holders().get(shard) == position) {
                own.add(shard);
            }
        }
        return own;
    }

    static @Nullable DataId dataId(Content content) {
        if (content instanceof Content.Whole whole) {
            return whole.id();
        }
        return content instanceof Content.Sharded sharded ? sharded.id() : null;
    }

    private static boolean hasRow(Slot slot, Ballot accepted) {
        return slot.rows().stream().anyMatch(row -> row.accepted().equals(accepted));
    }

    private static Set<StagedShards.Name> files(StoredSlot stored) {
        Set<StagedShards.Name> files = new HashSet<>();
        List<Row> rows = stored.slot().rows();
        for (int i = 0; i < rows.size(); i++) {
            DataId id = dataId(rows.get(i).state().content());
            for (Location location : stored.locations().get(i)) {
                if (id != null && location instanceof Location.InFile) {
                    files.add(new StagedShards.Name(id, location.shard()));
                }
            }
        }
        return files;
    }
}
