package io.azekura.persistence.control;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.control.ControlState.DriveEntry;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.OperationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Entries of the control log, as the values of their registers, and whole states, as they are handed to whoever is far
 * behind. An entry is covered by the digest of the state of its register; a whole state has a checksum of its own, since
 * it comes from one peer alone and no quorum compares it.
 *
 * <pre>
 * Entry   → Version, Author, Command
 * Version   u8       1
 * Author    i64      process of the operation that made the entry: tells an entry of one's own from another's
 *           varint   its sequence
 * Command → AddDrive | Boot | Evict | BeginMove | Advance | RollBack | SetHolders
 *   AddDrive    u8 1, Drive, text node
 *   Boot        u8 2, Drive, varint from boot, i64 mount
 *   Evict       u8 3, Drive
 *   BeginMove   u8 4, varint partition, Drives
 *   Advance     u8 5, varint partition, varint version at which its stage began
 *   RollBack    u8 6, varint partition, varint version at which its stage began
 *   SetHolders  u8 7, Drives
 *
 * State   → Version, Number, Drives holders, Known, Partitions, Checksum
 * Version     u8       1
 * Number      varint   of the last entry
 * Known       varint   count, then for each: Drive by id, text node, varint boot, i64 mount, u8 evicted
 * Partitions  varint   count, then for each: u8 stage, varint since, varint begun, Drives from, and if not stable Drives to
 * Checksum    i32      CRC32C of everything before
 *
 * Drive   → 2 × i64, the id as a UUID
 * Drives  → u8 count, Drive each
 * </pre>
 *
 * <p>Version 1: the first.
 */
public final class ControlFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final String SOURCE = "control log";
    private static final int ADD = 1;
    private static final int BOOT = 2;
    private static final int EVICT = 3;
    private static final int BEGIN = 4;
    private static final int ADVANCE = 5;
    private static final int ROLL_BACK = 6;
    private static final int HOLDERS = 7;

    private ControlFormat() {}

    /** One entry with the operation that made it. */
    public record Entry(OperationId author, ControlCommand command) {}

    public static Bytes encode(Entry entry) {
        ByteWriter writer = new ByteWriter(64);
        writer.u8(VERSION).i64(entry.author().process()).varint(entry.author().sequence());
        write(entry.command(), writer);
        return Bytes.wrap(writer.toByteArray());
    }

    public static Entry decodeEntry(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        OperationId author = new OperationId(reader.i64(), reader.varint(Long.MAX_VALUE));
        Entry entry = new Entry(author, readCommand(reader));
        reader.end();
        return entry;
    }

    public static Bytes encode(ControlState state) {
        ByteWriter writer = new ByteWriter(1024);
        writer.u8(VERSION).varint(state.version());
        writeDrives(state.holders(), writer);
        writer.varint(state.drives().size());
        state.drives().entrySet().stream()
                .sorted(Comparator.comparing(known -> known.getKey().value()))
                .forEach(known -> {
                    DriveEntry entry = known.getValue();
                    writeDrive(known.getKey(), writer);
                    writer.text(entry.node()).varint(entry.boot()).i64(entry.mount());
                    writer.u8(entry.isEvicted() ? 1 : 0);
                });
        writer.varint(state.partitions().size());
        for (PartitionLayout partition : state.partitions()) {
            writer.u8(partition.stage().number()).varint(partition.since()).varint(partition.begun());
            writeDrives(partition.from(), writer);
            if (partition.stage() != Stage.STABLE) {
                writeDrives(partition.to(), writer);
            }
        }
        writer.i32(checksum(writer.array(), writer.size()));
        return Bytes.wrap(writer.toByteArray());
    }

    public static ControlState decodeState(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader all = new ByteReader(bytes.array(), SOURCE);
        ByteReader reader = all.slice(Math.max(0, all.remaining() - Integer.BYTES));
        int stored = all.i32();
        int computed = checksum(bytes.array(), bytes.length() - Integer.BYTES);
        if (stored != computed) {
            throw all.corruptBefore(
                    Integer.BYTES, "checksum " + Integer.toHexString(computed), Integer.toHexString(stored));
        }
        reader.version(VERSION);
        try {
            ControlState state = readState(reader);
            reader.end();
            return state;
        } catch (IllegalArgumentException impossible) {
            throw reader.corrupt("a possible layout", String.valueOf(impossible.getMessage()));
        }
    }

    private static ControlState readState(ByteReader reader) throws CorruptException {
        long version = reader.varint(Long.MAX_VALUE);
        List<DriveId> holders = readDrives(reader);
        Map<DriveId, DriveEntry> drives = new HashMap<>();
        int known = reader.varint(reader.remaining());
        for (int i = 0; i < known; i++) {
            DriveId drive = readDrive(reader);
            String node = reader.text();
            drives.put(drive, new DriveEntry(node, reader.varint(Long.MAX_VALUE), reader.i64(), reader.flag()));
        }
        Check.argument(drives.size() == known, "a known drive twice");
        Check.argument(drives.keySet().containsAll(holders), "an unknown holder");
        List<PartitionLayout> partitions = new ArrayList<>();
        int count = reader.varint(reader.remaining());
        for (int i = 0; i < count; i++) {
            Stage stage = readStage(reader);
            long since = reader.varint(Long.MAX_VALUE);
            long begun = reader.varint(Long.MAX_VALUE);
            List<DriveId> from = readDrives(reader);
            List<DriveId> to = stage == Stage.STABLE ? from : readDrives(reader);
            Check.argument(drives.keySet().containsAll(from), "an unknown drive in a stripe set");
            Check.argument(drives.keySet().containsAll(to), "an unknown drive in a stripe set");
            partitions.add(new PartitionLayout(stage, since, begun, from, to));
        }
        return new ControlState(version, holders, drives, partitions);
    }

    private static void write(ControlCommand command, ByteWriter writer) {
        if (command instanceof ControlCommand.AddDrive add) {
            writer.u8(ADD);
            writeDrive(add.drive(), writer);
            writer.text(add.node());
        } else if (command instanceof ControlCommand.Boot boot) {
            writer.u8(BOOT);
            writeDrive(boot.drive(), writer);
            writer.varint(boot.fromBoot()).i64(boot.mount());
        } else if (command instanceof ControlCommand.Evict evict) {
            writer.u8(EVICT);
            writeDrive(evict.drive(), writer);
        } else if (command instanceof ControlCommand.BeginMove begin) {
            writer.u8(BEGIN).varint(begin.partition());
            writeDrives(begin.to(), writer);
        } else if (command instanceof ControlCommand.Advance advance) {
            writer.u8(ADVANCE).varint(advance.partition()).varint(advance.since());
        } else if (command instanceof ControlCommand.RollBack back) {
            writer.u8(ROLL_BACK).varint(back.partition()).varint(back.since());
        } else if (command instanceof ControlCommand.SetHolders set) {
            writer.u8(HOLDERS);
            writeDrives(set.holders(), writer);
        }
    }

    private static ControlCommand readCommand(ByteReader reader) throws CorruptException {
        int tag = reader.u8();
        return switch (tag) {
            case ADD -> new ControlCommand.AddDrive(readDrive(reader), reader.text());
            case BOOT -> new ControlCommand.Boot(readDrive(reader), reader.varint(Long.MAX_VALUE), reader.i64());
            case EVICT -> new ControlCommand.Evict(readDrive(reader));
            case BEGIN -> new ControlCommand.BeginMove(reader.varint(Integer.MAX_VALUE), readDrives(reader));
            case ADVANCE -> new ControlCommand.Advance(reader.varint(Integer.MAX_VALUE), reader.varint(Long.MAX_VALUE));
            case ROLL_BACK ->
                new ControlCommand.RollBack(reader.varint(Integer.MAX_VALUE), reader.varint(Long.MAX_VALUE));
            case HOLDERS -> new ControlCommand.SetHolders(readDrives(reader));
            default -> throw reader.corruptBefore(1, "a kind of command from 1 to 7", Integer.toString(tag));
        };
    }

    private static Stage readStage(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        Stage stage = Stage.of(number);
        if (stage == null) {
            throw reader.corruptBefore(1, "a stage", Integer.toString(number));
        }
        return stage;
    }

    private static int checksum(byte[] bytes, int size) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, size);
        return (int) crc.getValue();
    }

    private static void writeDrive(DriveId drive, ByteWriter writer) {
        writer.i64(drive.value().getMostSignificantBits()).i64(drive.value().getLeastSignificantBits());
    }

    private static DriveId readDrive(ByteReader reader) throws CorruptException {
        return new DriveId(new UUID(reader.i64(), reader.i64()));
    }

    private static void writeDrives(List<DriveId> drives, ByteWriter writer) {
        writer.u8(drives.size());
        drives.forEach(drive -> writeDrive(drive, writer));
    }

    private static List<DriveId> readDrives(ByteReader reader) throws CorruptException {
        int count = reader.u8();
        List<DriveId> drives = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drives.add(readDrive(reader));
        }
        return drives;
    }
}
