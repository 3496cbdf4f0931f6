package io.azekura.persistence.layout;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A {@link Layout} by itself, whatever holds it.
 *
 * <pre>
 * Layout → Version, LayoutVersion, Shape, Partitions, Drives, Checksum
 * Version        u8       1
 * LayoutVersion  varint   from 1
 * Shape          u8, u8   data shards, parity shards
 * Partitions     varint   256
 * Drives         varint   count, then for each, by slot: 2 × i64, the id as a UUID
 * Checksum       i32      CRC32C of everything before
 * </pre>
 *
 * <p>The stripe sets are not stored: they follow from the rest.
 *
 * <p>Version 1: the first.
 */
public final class LayoutFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int DRIVE_BYTES = 2 * Long.BYTES;

    private LayoutFormat() {}

    public static byte[] encode(Layout layout) {
        ByteWriter writer = new ByteWriter(32 + layout.drives().size() * DRIVE_BYTES);
        writer.u8(VERSION).varint(layout.version());
        writer.u8(layout.shape().dataShards()).u8(layout.shape().parityShards()).varint(Layout.PARTITIONS);
        writer.varint(layout.drives().size());
        for (DriveId drive : layout.drives()) {
            writer.i64(drive.value().getMostSignificantBits()).i64(drive.value().getLeastSignificantBits());
        }
        return writer.i32(checksum(writer.array(), 0, writer.size())).toByteArray();
    }

    /** Decodes the whole array; {@code source} names it in error messages. */
    public static Layout decode(byte[] bytes, String source) throws CorruptException, FormatTooNewException {
        ByteReader all = new ByteReader(bytes, source);
        ByteReader reader = all.slice(Math.max(0, all.remaining() - Integer.BYTES));
        int stored = all.i32();
        int computed = checksum(bytes, 0, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw all.corruptBefore(
                    Integer.BYTES, "checksum " + Integer.toHexString(computed), Integer.toHexString(stored));
        }
        reader.version(VERSION);
        Layout layout = read(reader);
        reader.end();
        return layout;
    }

    private static Layout read(ByteReader reader) throws CorruptException {
        long version = reader.varint(Long.MAX_VALUE);
        int dataShards = reader.u8();
        int parityShards = reader.u8();
        int partitions = reader.varint(Integer.MAX_VALUE);
        if (partitions != Layout.PARTITIONS) {
            throw reader.corrupt(Layout.PARTITIONS + " partitions", Integer.toString(partitions));
        }
        int count = reader.varint(reader.remaining() / DRIVE_BYTES);
        List<DriveId> drives = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drives.add(new DriveId(new UUID(reader.i64(), reader.i64())));
        }
        boolean fits = dataShards >= 1
                && dataShards + parityShards <= Math.min(count, StripeSet.DRIVES_MAX)
                && new HashSet<>(drives).size() == count;
        if (version < Layout.FIRST_VERSION || !fits) {
            throw reader.corrupt(
                    "a layout over different drives",
                    "version " + version + " of " + dataShards + "+" + parityShards + " over " + count);
        }
        return new Layout(version, drives, new ErasureShape(dataShards, parityShards));
    }

    private static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
