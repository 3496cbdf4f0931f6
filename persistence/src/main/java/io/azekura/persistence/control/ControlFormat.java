package io.azekura.persistence.control;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.control.ControlState.DriveEntry;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.OperationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Entries of the control log, as the values of their registers, and whole states, as they are handed to whoever is far
 * behind. Both are covered by the checksum of what holds them.
 *
 * <pre>
 * Entry   → Version, Author, Command
 * Version   u8       1
 * Author    i64      process of the operation that made the entry: tells an entry of one's own from another's
 *           varint   its sequence
 * Command → AddDrive | Boot | Evict | BeginMove | Advance | RollBack | SetHolders
 *   AddDrive    u8 1, Drive, blob node in UTF-8
 *   Boot        u8 2, Drive, varint from boot, i64 mount
 *   Evict       u8 3, Drive
 *   BeginMove   u8 4, varint partition, Drives
 *   Advance     u8 5, varint partition, u8 number of the stage
 *   RollBack    u8 6, varint partition, u8 number of the stage
 *   SetHolders  u8 7, Drives
 *
 * State   → Version, Number, Drives holders, Known, Partitions
 * Version     u8       1
 * Number      varint   of the last entry
 * Known       varint   count, then for each: Drive, blob node, varint boot, i64 mount, u8 evicted
 * Partitions  varint   count, then for each: u8 stage, varint since, varint begun, Drives from, and if not stable Drives to
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
                .sorted(java.util.Comparator.comparing(known -> known.getKey().value()))
                .forEach(known -> {
                    DriveEntry entry = known.getValue();
                    writeDrive(known.getKey(), writer);
                    writer.blob(Bytes.utf8(entry.node()).array())
                            .varint(entry.boot())
                            .i64(entry.mount());
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
        return Bytes.wrap(writer.toByteArray());
    }

    public static ControlState decodeState(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
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
            String node = Bytes.wrap(reader.blob()).utf8();
            drives.put(drive, new DriveEntry(node, reader.varint(Long.MAX_VALUE), reader.i64(), reader.u8() == 1));
        }
        List<PartitionLayout> partitions = new ArrayList<>();
        int count = reader.varint(reader.remaining());
        for (int i = 0; i < count; i++) {
            Stage stage = readStage(reader);
            long since = reader.varint(Long.MAX_VALUE);
            long begun = reader.varint(Long.MAX_VALUE);
            List<DriveId> from = readDrives(reader);
            partitions.add(
                    new PartitionLayout(stage, since, begun, from, stage == Stage.STABLE ? from : readDrives(reader)));
        }
        return new ControlState(version, holders, drives, partitions);
    }

    private static void write(ControlCommand command, ByteWriter writer) {
        if (command instanceof ControlCommand.AddDrive add) {
            writer.u8(ADD);
            writeDrive(add.drive(), writer);
            writer.blob(Bytes.utf8(add.node()).array());
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
            writer.u8(ADVANCE).varint(advance.partition()).u8(advance.from().number());
        } else if (command instanceof ControlCommand.RollBack back) {
            writer.u8(ROLL_BACK).varint(back.partition()).u8(back.from().number());
        } else if (command instanceof ControlCommand.SetHolders set) {
            writer.u8(HOLDERS);
            writeDrives(set.holders(), writer);
        }
    }

    private static ControlCommand readCommand(ByteReader reader) throws CorruptException {
        int tag = reader.u8();
        return switch (tag) {
            case ADD ->
                new ControlCommand.AddDrive(
                        readDrive(reader), Bytes.wrap(reader.blob()).utf8());
            case BOOT -> new ControlCommand.Boot(readDrive(reader), reader.varint(Long.MAX_VALUE), reader.i64());
            case EVICT -> new ControlCommand.Evict(readDrive(reader));
            case BEGIN -> new ControlCommand.BeginMove(reader.varint(Integer.MAX_VALUE), readDrives(reader));
            case ADVANCE -> new ControlCommand.Advance(reader.varint(Integer.MAX_VALUE), readStage(reader));
            case ROLL_BACK -> new ControlCommand.RollBack(reader.varint(Integer.MAX_VALUE), readStage(reader));
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
