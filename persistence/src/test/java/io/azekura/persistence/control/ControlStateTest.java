package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.moving;
import static io.azekura.persistence.control.Drives.refusal;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.AddDrive;
import io.azekura.persistence.control.ControlCommand.Advance;
import io.azekura.persistence.control.ControlCommand.BeginMove;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.ControlCommand.RollBack;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.control.ControlState.Standing;
import io.azekura.persistence.drive.DriveId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlStateTest {
    @Test
    void everyEntryIsOneVersion() {
        ControlState state = after(state(4, 3), new Boot(drive(0), 0, 7), new AddDrive(drive(9), "node-9"));
        assertEquals(3, state.version());
    }

    @Test
    void bootIsACompareAndSet() {
        ControlState once = after(state(4, 3), new Boot(drive(1), 0, 7));
        assertTrue(refusal(once, new Boot(drive(1), 0, 8)).contains("has boot 1, not 0"));
        ControlState twice = after(once, new Boot(drive(1), 1, 8));
        assertEquals(new ControlState.DriveEntry("node-0", 2, 8, false), twice.drive(drive(1)));
        assertTrue(refusal(twice, new Boot(drive(1), 3, 9)).contains("has boot 2, not 3"));
    }

    @Test
    void unknownDrivesDoNothing() {
        assertTrue(refusal(state(4, 3), new Boot(drive(9), 0, 7)).contains("no member"));
        assertTrue(refusal(state(4, 3), new Evict(drive(9))).contains("no member"));
        assertTrue(refusal(state(4, 3), new BeginMove(0, drives(0, 1, 9))).contains("unknown"));
        assertTrue(refusal(state(4, 3), new SetHolders(drives(0, 9))).contains("no members"));
    }

    @Test
    void evictedDrivesNeverReturn() {
        ControlState state = after(state(4, 3), new Evict(drive(3)));
        assertEquals(Standing.EVICTED, state.standing(drive(3)));
        assertTrue(refusal(state, new AddDrive(drive(3), "node-1")).contains("is known"));
        assertTrue(refusal(state, new Boot(drive(3), 0, 7)).contains("no member"));
        assertTrue(refusal(state, new Evict(drive(3))).contains("no member"));
        assertTrue(refusal(state, new BeginMove(0, drives(0, 1, 3))).contains("evicted"));
        assertTrue(refusal(state, new SetHolders(drives(0, 3))).contains("no members"));
    }

    @Test
    void holdersAreOneToNineDifferentMembers() {
        ControlState state = state(12, 3);
        List<DriveId> ten = IntStream.range(0, 10).mapToObj(Drives::drive).toList();
        assertTrue(refusal(state, new SetHolders(List.of())).contains("0 holders"));
        assertTrue(refusal(state, new SetHolders(ten)).contains("10 holders"));
        assertTrue(refusal(state, new SetHolders(drives(0, 1, 1))).contains("twice"));
        assertEquals(
                ten.subList(1, 10),
                after(state, new SetHolders(ten.subList(1, 10))).holders());
    }

    @Test
    void drivesLearnUntilTheyCount() {
        assertNull(state(4, 3).standing(drive(9)));
        assertEquals(Standing.MEMBER, state(4, 3).standing(drive(2)));
        assertEquals(Standing.LEARNER, state(4, 3).standing(drive(3)));
        assertEquals(Standing.LEARNER, moving(Stage.FILLING).standing(drive(3)));
        assertEquals(Standing.MEMBER, moving(Stage.WRITE_BOTH_READ_OLD).standing(drive(3)));
        assertEquals(Standing.MEMBER, moving(Stage.WRITE_BOTH_READ_NEW).standing(drive(2)));
        assertEquals(Standing.LEARNER, moved().standing(drive(2)));
    }

    /** Each stage, what may be asked of it, and where that leads: everything else is refused. */
    @ParameterizedTest
    @CsvSource({
        "STABLE,              FILLING, -,                   -",
        "FILLING,             -,       WRITE_BOTH_READ_OLD, STABLE",
        "WRITE_BOTH_READ_OLD, -,       WRITE_BOTH_READ_NEW, STABLE",
        "WRITE_BOTH_READ_NEW, -,       STABLE,              WRITE_BOTH_READ_OLD",
    })
    void stagesFollowTheTable(Stage stage, String begun, String advanced, String rolledBack) {
        ControlState state = stage == Stage.STABLE ? state(5, 3) : moving(stage);
        assertEquals(begun, stageAfter(state, new BeginMove(0, drives(0, 1, 4))));
        for (long said = 0; said < 7; said++) {
            boolean isNow = said == state.partition(0).since();
            assertEquals(isNow ? advanced : "-", stageAfter(state, new Advance(0, said)), "advance " + said);
            assertEquals(isNow ? rolledBack : "-", stageAfter(state, new RollBack(0, said)), "back " + said);
        }
    }

    @Test
    void everyStageIsAVersionOfItsOwn() {
        ControlState state = after(moving(Stage.FILLING), new Boot(drive(0), 0, 7));
        assertEquals(2, state.partition(0).since());
        state = after(state, new Advance(0, 2));
        assertEquals(4, state.partition(0).since());
        assertEquals(2, state.partition(0).begun());
        state = after(state, new RollBack(0, 4));
        assertEquals(5, state.partition(0).since());
    }

    @Test
    void moveEndsOnTheNewSetAndRollBackOnTheOldOne() {
        assertEquals(drives(0, 1, 3), moved().replicas(0));
        for (Stage stage : List.of(Stage.FILLING, Stage.WRITE_BOTH_READ_OLD)) {
            assertEquals(
                    drives(0, 1, 2),
                    after(
                                    moving(stage),
                                    new RollBack(0, moving(stage).partition(0).since()))
                            .replicas(0));
        }
    }

    @Test
    void setsThatCannotBeMovedToAreRefused() {
        ControlState state = state(40, 20);
        List<DriveId> from = state.partition(0).from();
        assertTrue(refusal(state, new BeginMove(1, from)).contains("no partition"));
        assertTrue(refusal(state, new BeginMove(-1, from)).contains("no partition"));
        assertTrue(refusal(state, new BeginMove(0, from)).contains("it is there"));
        assertTrue(refusal(state, new BeginMove(0, from.subList(0, 19))).contains("narrower"));
        assertTrue(refusal(state(5, 3), new BeginMove(0, drives(0, 1, 1))).contains("twice"));
        assertTrue(refusal(state(5, 3), new BeginMove(0, drives(1, 0, 2))).contains("another position"));
        List<DriveId> disjoint = IntStream.range(20, 40).mapToObj(Drives::drive).toList();
        assertTrue(refusal(state, new BeginMove(0, disjoint)).contains("too many replicas"));
    }

    private static ControlState moved() {
        return after(moving(Stage.WRITE_BOTH_READ_NEW), new Advance(0, 4));
    }

    private static String stageAfter(ControlState state, ControlCommand command) {
        return state.apply(command) instanceof ControlState.Done done
                ? done.state().partition(0).stage().name()
                : "-";
    }
}
