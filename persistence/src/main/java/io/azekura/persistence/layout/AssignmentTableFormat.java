package io.azekura.persistence.layout;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An {@link AssignmentTable} by itself, whatever holds it.
 *
 * <pre>
 * Table → Version, Partitions, Width, Drives, Slots, Checksum
 * Version     u8      1
 * Partitions  u8      binary logarithm, 0 to 20
 * Width       u8      N, 1 to 32
 * Drives      varint  count, at least N, then for each 2 × i64, the id as a UUID; ascending as unsigned numbers
 * Slots       for each partition and in it for each position:
 *             varint  which of the drives, from 0; different ones within a partition
 * Checksum    i32     CRC32C of everything before
 * </pre>
 *
 * <p>The slots are stored although they follow from the drives and the table before, because they follow from the whole
 * chain of tables before.
 *
 * <p>Version 1: the first.
 */
public final class AssignmentTableFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int DRIVE_BYTES = 2 * Long.BYTES;
    private static final int PARTITION_BITS_MAX = Integer.numberOfTrailingZeros(AssignmentTable.PARTITIONS_MAX);

    private AssignmentTableFormat() {}

    public static byte[] encode(AssignmentTable table) {
        int slots = table.partitions() * table.width();
        ByteWriter writer = new ByteWriter(32 + table.drives().size() * DRIVE_BYTES + slots * 2);
        writer.u8(VERSION).u8(Integer.numberOfTrailingZeros(table.partitions())).u8(table.width());
        writer.varint(table.drives().size());
        for (DriveId drive : table.drives()) {
            writer.i64(drive.value().getMostSignificantBits()).i64(drive.value().getLeastSignificantBits());
        }
        for (int partition = 0; partition < table.partitions(); partition++) {
            for (int position = 0; position < table.width(); position++) {
                writer.varint(table.driveNumber(partition, position));
            }
        }
        return writer.i32(checksum(writer.array(), writer.size())).toByteArray();
    }

    /** Decodes the whole array; {@code source} names it in error messages. */
    public static AssignmentTable decode(byte[] bytes, String source) throws CorruptException, FormatTooNewException {
        ByteReader all = new ByteReader(bytes, source);
        ByteReader reader = all.slice(Math.max(0, all.remaining() - Integer.BYTES));
        int stored = all.i32();
        int computed = checksum(bytes, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw all.corruptBefore(
                    Integer.BYTES, "checksum " + Integer.toHexString(computed), Integer.toHexString(stored));
        }
        reader.version(VERSION);
        AssignmentTable table = read(reader);
        reader.end();
        return table;
    }

    private static AssignmentTable read(ByteReader reader) throws CorruptException {
        int partitionBits = reader.u8();
        int width = reader.u8();
        int count = reader.varint(reader.remaining() / DRIVE_BYTES);
        boolean fits = partitionBits <= PARTITION_BITS_MAX && width >= 1 && width <= StripeSet.DRIVES_MAX;
        if (!fits || width > count) {
            throw reader.corrupt(
                    "a table over enough drives", width + " of " + count + " drives, 2^" + partitionBits + " times");
        }
        List<DriveId> drives = drives(reader, count);
        int slotCount = width << partitionBits;
        if (slotCount > reader.remaining()) {
            throw reader.corrupt(slotCount + " slots", reader.remaining() + " bytes");
        }
        int[] slots = new int[slotCount];
        for (int i = 0; i < slotCount; i++) {
            slots[i] = reader.varint(count - 1);
        }
        if (!AssignmentTable.hasDifferentDrives(count, width, slots)) {
            throw reader.corrupt("different drives in each partition", "one twice");
        }
        return new AssignmentTable(drives, width, slots);
    }

    private static List<DriveId> drives(ByteReader reader, int count) throws CorruptException {
        List<DriveId> drives = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            DriveId drive = new DriveId(new UUID(reader.i64(), reader.i64()));
            if (i > 0 && Topology.compare(drives.get(i - 1), drive) >= 0) {
                throw reader.corruptBefore(DRIVE_BYTES, "a drive above " + drives.get(i - 1), drive.toString());
            }
            drives.add(drive);
        }
        return drives;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
