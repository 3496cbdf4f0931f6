package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.HistoryFormat;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowFormat;
import io.azekura.persistence.register.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link StoredSlot} as the payload of an index value.
 *
 * <pre>
 * StoredSlot → Version, Settled, Base, Rows
 * Version    u8      1
 * Settled    varint  counter of the highest ballot known chosen
 *            i64     its process
 * Base       {@link io.azekura.persistence.register.HistoryFormat}: the older versions kept beside the slot
 * Rows       u8      count of at most 16, then for each, by strictly ascending ballot:
 *              varint  length of the row
 *              bytes   {@link RowFormat}
 *              u8      count of locations, at most 32, then for each a Location
 * Location → InLog | InFile
 *   InLog    u8      1
 *            u8      shard
 *            varint  segment, offset, length
 *   InFile   u8      2
 *            u8      shard
 * </pre>
 *
 * <p>Covered by the checksum of {@link IndexEnvelope}; the state in each row also by its own digest.
 *
 * <p>Version 1: the first.
 */
final class StoredSlotFormat {
    static final int VERSION = 1;

    private static final int IN_LOG = 1;
    private static final int IN_FILE = 2;
    private static final int BYTES_TYPICAL = 512;

    private StoredSlotFormat() {}

    static byte[] encode(StoredSlot stored) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        Ballot settled = stored.slot().settled();
        List<Row> rows = stored.slot().rows();
        writer.u8(VERSION).varint(settled.counter()).i64(settled.process());
        HistoryFormat.write(stored.slot().base(), writer);
        writer.u8(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            writer.blob(RowFormat.encode(rows.get(i)));
            List<Location> locations = stored.locations().get(i);
            writer.u8(locations.size());
            locations.forEach(location -> writeLocation(location, writer));
        }
        return writer.toByteArray();
    }

    static StoredSlot decode(ByteReader reader) throws CorruptException, FormatTooNewException {
        reader.version(VERSION);
        Ballot settled = new Ballot(reader.varint(Long.MAX_VALUE), reader.i64());
        History base = HistoryFormat.read(reader);
        int count = count(reader, Slot.ROWS_MAX);
        List<Row> rows = new ArrayList<>(count);
        List<List<Location>> locations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Row row = RowFormat.read(reader.slice(reader.varint(reader.remaining())));
            if (i > 0 && rows.get(i - 1).accepted().compareTo(row.accepted()) >= 0) {
                throw reader.corrupt("rows by ascending ballot", row.accepted() + " after a higher one");
            }
            rows.add(row);
            locations.add(readLocations(reader));
        }
        reader.end();
        return new StoredSlot(new Slot(settled, rows, base), locations);
    }

    static void writeLocation(Location location, ByteWriter writer) {
        if (location instanceof Location.InLog inLog) {
            writer.u8(IN_LOG).u8(inLog.shard());
            writer.varint(inLog.segment()).varint(inLog.offset()).varint(inLog.length());
        } else {
            writer.u8(IN_FILE).u8(location.shard());
        }
    }

    static Location readLocation(ByteReader reader) throws CorruptException {
        int tag = reader.u8();
        int shard = reader.u8();
        if (shard > Location.SHARD_MAX) {
            throw reader.corruptBefore(1, "a shard number", Integer.toString(shard));
        }
        return switch (tag) {
            case IN_LOG ->
                new Location.InLog(
                        shard,
                        reader.varint(Long.MAX_VALUE),
                        reader.varint(Long.MAX_VALUE),
                        reader.varint(Integer.MAX_VALUE));
            case IN_FILE -> new Location.InFile(shard);
            default -> throw reader.corruptBefore(2, "a kind of location, 1 or 2", Integer.toString(tag));
        };
    }

    private static List<Location> readLocations(ByteReader reader) throws CorruptException {
        int count = count(reader, StoredSlot.LOCATIONS_MAX);
        List<Location> locations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            locations.add(readLocation(reader));
        }
        return locations;
    }

    private static int count(ByteReader reader, int max) throws CorruptException {
        int count = reader.u8();
        if (count > max) {
            throw reader.corruptBefore(1, "at most " + max, Integer.toString(count));
        }
        return count;
    }
}
