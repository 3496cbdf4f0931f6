package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.genesis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.OperationId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ControlFormatTest {
    private static final Entry ENTRY = new Entry(new OperationId(-3, 300), new BeginMove(5, drives(0, 4, 2, 3)));

    private static final ControlState STATE = after(
            genesis(),
            new AddDrive(drive(9), "näher"),
            new Boot(drive(9), 0, -7),
            new Evict(drive(5)),
            new BeginMove(0, drives(0, 4, 2, 3)),
            new Advance(0, Stage.FILLING));

    private static final List<ControlCommand> COMMANDS = List.of(
            new AddDrive(drive(1), "node"),
            new AddDrive(drive(1), ""),
            new Boot(drive(1), 1L << 40, Long.MIN_VALUE),
            new Evict(drive(1)),
            new BeginMove(1, drives(1, 2)),
            new Advance(1, Stage.WRITE_BOTH_READ_OLD),
            new RollBack(1 << 20, Stage.WRITE_BOTH_READ_NEW),
            new SetHolders(drives(1, 2, 3)));

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Golden.assertSame("control-entry-v1.bin", ControlFormat.encode(ENTRY).array());
        assertEquals(ENTRY, ControlFormat.decodeEntry(Bytes.wrap(Golden.read("control-entry-v1.bin"))));
        Golden.assertSame("control-state-v1.bin", ControlFormat.encode(STATE).array());
        assertEquals(STATE, ControlFormat.decodeState(Bytes.wrap(Golden.read("control-state-v1.bin"))));
    }

    @Test
    void everyCommandComesBack() throws Exception {
        for (ControlCommand command : COMMANDS) {
            Entry entry = new Entry(new OperationId(1, 2), command);
            assertEquals(entry, ControlFormat.decodeEntry(ControlFormat.encode(entry)));
        }
    }

    @Test
    void statesOfEveryStageComeBack() throws Exception {
        ControlState state = after(genesis(), new BeginMove(1, drives(2, 3, 4, 5, 0)));
        for (int step = 0; step < 4; step++) {
            assertEquals(state, ControlFormat.decodeState(ControlFormat.encode(state)));
            if (step < 3) {
                state = after(state, new Advance(1, state.partition(1).stage()));
            }
        }
        assertEquals(Stage.STABLE, state.partition(1).stage());
    }

    @Test
    void everyTruncationAndEveryByteTooManyIsRefused() {
        for (ControlCommand command : COMMANDS) {
            refusesOtherLengths(
                    ControlFormat.encode(new Entry(new OperationId(1, 2), command)), ControlFormat::decodeEntry);
        }
        refusesOtherLengths(ControlFormat.encode(STATE), ControlFormat::decodeState);
    }

    private interface Decoder {
        Object decode(Bytes bytes) throws IOException;
    }

    private static void refusesOtherLengths(Bytes bytes, Decoder decoder) {
        for (int length = 0; length < bytes.length(); length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(bytes.array(), length));
            assertThrows(CorruptException.class, () -> decoder.decode(cut), "length " + length);
        }
        Bytes longer = Bytes.wrap(Arrays.copyOf(bytes.array(), bytes.length() + 1));
        assertThrows(CorruptException.class, () -> decoder.decode(longer));
    }

    @Test
    void newerVersionsAreNotTakenForDamage() {
        byte[] entry = ControlFormat.encode(ENTRY).array().clone();
        byte[] state = ControlFormat.encode(STATE).array().clone();
        entry[0] = ControlFormat.VERSION + 1;
        state[0] = ControlFormat.VERSION + 1;
        assertThrows(FormatTooNewException.class, () -> ControlFormat.decodeEntry(Bytes.wrap(entry)));
        assertThrows(FormatTooNewException.class, () -> ControlFormat.decodeState(Bytes.wrap(state)));
    }

    @Test
    void hostileBytesEndInCorruptExceptionOnly() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            boolean isEntry = i % 2 == 0;
            byte[] bytes = (isEntry ? ControlFormat.encode(ENTRY) : ControlFormat.encode(STATE))
                    .array()
                    .clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            }
            try {
                assertTrue((isEntry
                                ? ControlFormat.decodeEntry(Bytes.wrap(bytes))
                                : ControlFormat.decodeState(Bytes.wrap(bytes)))
                        != null);
            } catch (CorruptException expected) {
                assertTrue(String.valueOf(expected.getMessage()).startsWith("control log at byte "));
            } catch (FormatTooNewException never) {
                throw new AssertionError(never);
            }
        }
    }
}
