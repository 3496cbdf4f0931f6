package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.genesis;
import static io.azekura.persistence.control.Stage.FILLING;
import static io.azekura.persistence.control.Stage.STABLE;
import static io.azekura.persistence.control.Stage.WRITE_BOTH_READ_NEW;
import static io.azekura.persistence.control.Stage.WRITE_BOTH_READ_OLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.AddDrive;
import io.azekura.persistence.control.ControlCommand.Advance;
import io.azekura.persistence.control.ControlCommand.BeginMove;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.ControlCommand.RollBack;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.control.ControlState.DriveEntry;
import io.azekura.persistence.drive.DriveId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlStateTest {
    private static final List<DriveId> OLD = drives(0, 1, 2, 3);
    private static final List<DriveId> NEW = drives(0, 4, 2, 3);
    private static final ControlCommand BEGIN = new BeginMove(0, NEW);

    /** From each stage each step that names a stage leads where the table says, or nowhere. */
    @Test
    void stagesFollowTheTable() {
        for (Stage at : Stage.values()) {
            for (Stage named : Stage.values()) {
                boolean isPossible = at == named && at != STABLE;
                step(at, new Advance(0, named), isPossible ? advanced(at) : null);
                step(at, new RollBack(0, named), isPossible ? rolledBack(at) : null);
            }
        }
    }

    private static Stage advanced(Stage at) {
        return switch (at) {
            case STABLE -> STABLE;
            case FILLING -> WRITE_BOTH_READ_OLD;
            case WRITE_BOTH_READ_OLD -> WRITE_BOTH_READ_NEW;
            case WRITE_BOTH_READ_NEW -> STABLE;
        };
    }

    private static Stage rolledBack(Stage at) {
        return at == WRITE_BOTH_READ_NEW ? WRITE_BOTH_READ_OLD : STABLE;
    }

    private static void step(Stage at, ControlCommand command, @org.jspecify.annotations.Nullable Stage expected) {
        ControlState state = moving(at);
        if (expected == null) {
            refused(state, command);
            return;
        }
        ControlState next = after(state, command);
        PartitionLayout now = next.partition(0);
        assertEquals(expected, now.stage(), () -> at + " " + command);
        assertEquals(next.version(), now.since());
        assertEquals(state.partition(0).begun(), now.begun());
        List<DriveId> from = expected == STABLE && command instanceof Advance ? NEW : OLD;
        assertEquals(from, now.from());
        assertEquals(expected == STABLE ? from : NEW, now.to());
        assertEquals(state.partition(1), next.partition(1));
    }

    private static ControlState moving(Stage stage) {
        ControlState state = genesis();
        List<ControlCommand> way = List.of(BEGIN, new Advance(0, FILLING), new Advance(0, WRITE_BOTH_READ_OLD));
        return after(
                state, way.subList(0, List.of(Stage.values()).indexOf(stage)).toArray(ControlCommand[]::new));
    }

    @Test
    void everyEntryIsOneVersion() {
        ControlState state = genesis();
        for (ControlCommand command : List.of(
                new AddDrive(drive(9), "node-9"),
                new Boot(drive(9), 0, 7),
                new SetHolders(drives(9, 0)),
                BEGIN,
                new Advance(0, FILLING),
                new RollBack(0, WRITE_BOTH_READ_OLD),
                new Evict(drive(9)))) {
            ControlState next = after(state, command);
            assertEquals(state.version() + 1, next.version());
            state = next;
        }
    }

    @Test
    void aMoveNamesMembersOnceAndChangesSomethingAndNeverNarrows() {
        for (List<DriveId> to : List.of(
                OLD,
                drives(0, 1, 2),
                drives(0, 1, 2, 2),
                drives(0, 1, 2, 9),
                drives(1, 0, 2, 3),
                drives(4, 0, 2, 3),
                drives(0, 1, 3, 4))) {
            refused(genesis(), new BeginMove(0, to));
        }
        refused(genesis(), new BeginMove(2, NEW));
        refused(genesis(), new BeginMove(-1, NEW));
        refused(after(genesis(), new Evict(drive(4))), BEGIN);
        refused(after(genesis(), BEGIN), BEGIN);
    }

    @Test
    void aDriveThatIsReplacedOrAppendedIsALearner() {
        assertEquals(drives(4), after(genesis(), BEGIN).partition(0).learners());
        ControlState wider = after(genesis(), new BeginMove(0, drives(0, 1, 2, 3, 5)));
        assertEquals(drives(5), wider.partition(0).learners());
        assertEquals(drives(0, 1, 2, 3, 5), wider.partition(0).replicas());
        assertEquals(wider.version(), wider.partition(0).begun());
    }

    @Test
    void stepsOfPartitionsThatAreNotThereAreRefused() {
        refused(genesis(), new Advance(2, FILLING));
        refused(genesis(), new RollBack(-1, FILLING));
    }

    @Test
    void bootIsACompareAndSet() {
        ControlState once = after(genesis(), new Boot(drive(1), 0, 77));
        assertEquals(new DriveEntry("node-1", 1, 77, false), once.drive(drive(1)));
        refused(once, new Boot(drive(1), 0, 78));
        refused(once, new Boot(drive(1), 2, 78));
        assertEquals(
                new DriveEntry("node-1", 2, 78, false),
                after(once, new Boot(drive(1), 1, 78)).drive(drive(1)));
        refused(once, new Boot(drive(9), 0, 1));
    }

    @Test
    void anEvictedDriveNeverComesBack() {
        ControlState state = after(genesis(), new Evict(drive(4)));
        assertFalse(state.isMember(drive(4)));
        refused(state, new AddDrive(drive(4), "node-4"));
        refused(state, new Boot(drive(4), 0, 1));
        refused(state, new Evict(drive(4)));
        refused(state, new SetHolders(drives(4)));
        refused(state, new Evict(drive(9)));
    }

    @Test
    void aDriveIsAddedOnce() {
        ControlState state = after(genesis(), new AddDrive(drive(9), "node-9"));
        assertTrue(state.isMember(drive(9)));
        refused(state, new AddDrive(drive(9), "node-8"));
    }

    @Test
    void holdersAreMembersAndFrom1To9() {
        ControlState state = genesis();
        List<DriveId> ten = new ArrayList<>();
        for (int i = 10; i < 20; i++) {
            state = after(state, new AddDrive(drive(i), "node"));
            ten.add(drive(i));
        }
        refused(state, new SetHolders(ten));
        refused(state, new SetHolders(List.of()));
        refused(state, new SetHolders(drives(0, 99)));
        assertEquals(
                ten.subList(0, 9),
                after(state, new SetHolders(ten.subList(0, 9))).holders());
        assertThrows(IllegalArgumentException.class, () -> ControlState.genesis(ten, java.util.Map.of(), List.of()));
    }

    private static void refused(ControlState state, ControlCommand command) {
        assertInstanceOf(ControlState.NotAllowed.class, state.apply(command), () -> command + " of " + state);
    }
}
