package io.azekura.persistence.mount;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.LayoutFormat;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A {@link DriveSuperblock} as a file.
 *
 * <pre>
 * Superblock → Magic, Version, Cluster, Drive, Slot, Boots, Created, Role, Layout, Checksum
 * Magic      i64      "AZKDRIVE"
 * Version    i32      1
 * Cluster    2 × i64  cluster id, a UUID
 * Drive      2 × i64  drive id, a UUID
 * Slot       i32
 * Boots      i64
 * Created    i64      microseconds since the epoch
 * Role       u8       1 member, 2 replacement
 * Layout     blob     {@link LayoutFormat}
 * Checksum   i32      CRC32C of everything before
 * </pre>
 *
 * <p>Magic and version in front and the checksum behind are the same in every version, so that an older release can
 * tell a newer drive from garbage.
 *
 * <p>Version 1: the first.
 */
final class SuperblockFormat {
    static final int VERSION = 1;

    private static final long MAGIC = 0x415A_4B44_5249_5645L;

    private SuperblockFormat() {}

    static byte[] encode(DriveSuperblock superblock) {
        ByteWriter writer = new ByteWriter(256);
        writer.i64(MAGIC).i32(VERSION);
        write(superblock.clusterId(), writer);
        write(superblock.driveId().value(), writer);
        writer.i32(superblock.slot()).i64(superblock.boots()).i64(superblock.createdMicros());
        writer.u8(superblock.role().number()).blob(LayoutFormat.encode(superblock.layout()));
        return writer.i32(checksum(writer.array(), writer.size())).toByteArray();
    }

    static DriveSuperblock decode(byte[] bytes, String file) throws CorruptException, FormatTooNewException {
        ByteReader all = new ByteReader(bytes, file);
        long magic = all.i64();
        if (magic != MAGIC) {
            throw all.corruptBefore(Long.BYTES, "magic " + Long.toHexString(MAGIC), Long.toHexString(magic));
        }
        ByteReader reader = all.slice(Math.max(0, all.remaining() - Integer.BYTES));
        int stored = all.i32();
        int computed = checksum(bytes, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw all.corruptBefore(
                    Integer.BYTES, "checksum " + Integer.toHexString(computed), Integer.toHexString(stored));
        }
        int version = reader.i32();
        if (version > VERSION) {
            throw new FormatTooNewException(file, version, VERSION);
        }
        if (version != VERSION) {
            throw reader.corruptBefore(Integer.BYTES, "version " + VERSION, Integer.toString(version));
        }
        DriveSuperblock superblock = read(reader, file);
        reader.end();
        return superblock;
    }

    private static DriveSuperblock read(ByteReader reader, String file) throws CorruptException, FormatTooNewException {
        UUID cluster = new UUID(reader.i64(), reader.i64());
        DriveId drive = new DriveId(new UUID(reader.i64(), reader.i64()));
        int slot = reader.i32();
        long boots = reader.i64();
        long created = reader.i64();
        DriveSuperblock.Role role = role(reader);
        Layout layout = LayoutFormat.decode(reader.blob(), file + ", layout");
        boolean isPlaced = slot >= 0
                && slot < layout.drives().size()
                && (role == DriveSuperblock.Role.REPLACEMENT
                        || layout.drives().get(slot).equals(drive));
        if (!isPlaced || boots < 0) {
            throw reader.corrupt("a drive in its slot", "drive " + drive + " in slot " + slot + " of " + layout);
        }
        return new DriveSuperblock(cluster, drive, slot, boots, created, role, layout);
    }

    private static DriveSuperblock.Role role(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        for (DriveSuperblock.Role role : DriveSuperblock.Role.values()) {
            if (role.number() == number) {
                return role;
            }
        }
        throw reader.corruptBefore(1, "a role, 1 or 2", Integer.toString(number));
    }

    private static void write(UUID id, ByteWriter writer) {
        writer.i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }
}
