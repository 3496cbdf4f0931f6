package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.moving;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.control.ControlCommand.AddDrive;
import io.azekura.persistence.control.ControlCommand.Advance;
import io.azekura.persistence.control.ControlCommand.BeginMove;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.ControlCommand.RollBack;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.control.ControlFormat.Entry;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.OperationId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ControlFormatTest {
    private static final List<ControlCommand> COMMANDS = List.of(
            new AddDrive(drive(5), "node-東京"),
            new Boot(drive(1), 300, -2),
            new Evict(drive(2)),
            new BeginMove(255, drives(0, 1, 3)),
            new Advance(0, 2),
            new RollBack(128, 1L << 40),
            new SetHolders(drives(3, 0, 1)));

    @Test
    void everyKindOfCommandHasASample() {
        assertEquals(
                Arrays.stream(ControlCommand.class.getPermittedSubclasses()).collect(Collectors.toSet()),
                COMMANDS.stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    @Test
    void entriesAreGolden() throws IOException {
        ByteWriter all = new ByteWriter(512);
        for (Entry entry : entries()) {
            all.blob(ControlFormat.encode(entry).array());
        }
        Golden.assertSame("control-entries-v1.bin", all.toByteArray());
        ByteReader golden = new ByteReader(Golden.read("control-entries-v1.bin"), "golden");
        List<Entry> found = new ArrayList<>();
        while (golden.remaining() > 0) {
            found.add(ControlFormat.decodeEntry(Bytes.wrap(golden.blob())));
        }
        assertEquals(entries(), found);
    }

    @Test
    void stateIsGolden() throws IOException {
        Golden.assertSame("control-state-v1.bin", ControlFormat.encode(sample()).array());
        assertEquals(sample(), ControlFormat.decodeState(Bytes.wrap(Golden.read("control-state-v1.bin"))));
    }

    @Test
    void equalStatesHaveEqualBytes() {
        assertEquals(ControlFormat.encode(sample()), ControlFormat.encode(sample()));
    }

    @Test
    void everyFlippedBitOfAStateIsFound() {
        byte[] bytes = ControlFormat.encode(sample()).array();
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThrows(CorruptException.class, () -> ControlFormat.decodeState(Bytes.wrap(flipped)));
        }
    }

    @Test
    void truncatedRecordsAreCorrupt() {
        for (Entry entry : entries()) {
            Bytes bytes = ControlFormat.encode(entry);
            for (int length = 0; length < bytes.length(); length++) {
                Bytes cut = bytes.slice(0, length);
                assertThrows(CorruptException.class, () -> ControlFormat.decodeEntry(cut));
            }
        }
        Bytes state = ControlFormat.encode(sample());
        for (int length = 0; length < state.length(); length++) {
            Bytes cut = state.slice(0, length);
            assertThrows(CorruptException.class, () -> ControlFormat.decodeState(cut));
        }
    }

    @Test
    void laterVersionsAreTooNew() {
        byte[] entry = ControlFormat.encode(entries().get(0)).array().clone();
        entry[0] = 2;
        assertThrows(FormatTooNewException.class, () -> ControlFormat.decodeEntry(Bytes.wrap(entry)));
        byte[] state = ControlFormat.encode(sample()).array().clone();
        state[0] = 2;
        seal(state);
        assertThrows(FormatTooNewException.class, () -> ControlFormat.decodeState(Bytes.wrap(state)));
    }

    @Test
    void impossibleStatesAreCorruptEvenWhenTheirChecksumIsRight() {
        // Version 1, entry 1, two holders that are the same drive, which is not among the known.
        ByteWriter writer = new ByteWriter(64);
        writer.u8(1)
                .varint(1)
                .u8(2)
                .i64(0)
                .i64(1)
                .i64(0)
                .i64(1)
                .varint(0)
                .varint(0)
                .i32(0);
        byte[] bytes = writer.toByteArray();
        seal(bytes);
        assertThrows(CorruptException.class, () -> ControlFormat.decodeState(Bytes.wrap(bytes)));
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (ControlCommand command : COMMANDS) {
            entries.add(new Entry(new OperationId(-5, 1000 + entries.size()), command));
        }
        return entries;
    }

    private static ControlState sample() {
        return after(moving(Stage.WRITE_BOTH_READ_OLD), new Boot(drive(1), 0, 77), new Evict(drive(2)));
    }

    private static void seal(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        byte[] sum = new ByteWriter(4).i32((int) crc.getValue()).toByteArray();
        System.arraycopy(sum, 0, bytes, bytes.length - Integer.BYTES, Integer.BYTES);
    }
}
