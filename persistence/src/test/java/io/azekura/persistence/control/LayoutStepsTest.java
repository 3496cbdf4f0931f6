package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.genesis;
import static io.azekura.persistence.control.Stage.FILLING;
import static io.azekura.persistence.control.Stage.WRITE_BOTH_READ_NEW;
import static io.azekura.persistence.control.Stage.WRITE_BOTH_READ_OLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.persistence.control.ControlCommand.Advance;
import io.azekura.persistence.control.ControlCommand.BeginMove;
import io.azekura.persistence.control.ControlCommand.RollBack;
import io.azekura.persistence.control.LayoutSteps.AtRest;
import io.azekura.persistence.control.LayoutSteps.Next;
import io.azekura.persistence.control.LayoutSteps.Observed;
import io.azekura.persistence.control.LayoutSteps.Propose;
import io.azekura.persistence.control.LayoutSteps.Wait;
import io.azekura.persistence.drive.DriveId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Partition 0 moves from drives 0, 1, 2, 3 to 0, 4, 5, 3. Bits say which of the drives have seen the present stage. */
class LayoutStepsTest {
    private static final int OLD = 0b001111;
    private static final int NEW = 0b111001;
    private static final int MAJORITY = 3;

    private final LayoutSteps steps = new LayoutSteps();
    private final ControlState filling = after(genesis(), new BeginMove(0, drives(0, 4, 5, 3)));
    private final ControlState readOld = after(filling, new Advance(0, FILLING));
    private final ControlState readNew = after(readOld, new Advance(0, WRITE_BOTH_READ_OLD));
    private final Set<DriveId> learners = Set.of(drive(4), drive(5));

    @Test
    void eachStageEndsWhenItsMajoritiesHaveSeenIt() {
        for (int seen = 0; seen < 64; seen++) {
            boolean old = isMajority(seen & OLD);
            boolean both = old && isMajority(seen & NEW);
            assertNext(old, new Advance(0, FILLING), steps.next(filling, 0, observed(filling, seen)), seen);
            assertNext(
                    both, new Advance(0, WRITE_BOTH_READ_OLD), steps.next(readOld, 0, observed(readOld, seen)), seen);
            assertNext(
                    both, new Advance(0, WRITE_BOTH_READ_NEW), steps.next(readNew, 0, observed(readNew, seen)), seen);
        }
    }

    @Test
    void aStepBackWaitsForTheSameMajoritiesExceptFromTheFirstStage() {
        for (int seen = 0; seen < 64; seen++) {
            boolean both = isMajority(seen & OLD) && isMajority(seen & NEW);
            assertNext(true, new RollBack(0, FILLING), steps.back(filling, 0, observed(filling, seen)), seen);
            assertNext(
                    both, new RollBack(0, WRITE_BOTH_READ_OLD), steps.back(readOld, 0, observed(readOld, seen)), seen);
            assertNext(
                    both, new RollBack(0, WRITE_BOTH_READ_NEW), steps.back(readNew, 0, observed(readNew, seen)), seen);
        }
    }

    @Test
    void theNewSetIsNotReadBeforeEveryLearnerHasEverything() {
        Map<DriveId, Long> all = observed(readOld, 0b111111).seen();
        for (Set<DriveId> complete : Set.of(Set.<DriveId>of(), Set.of(drive(4)), Set.of(drive(0), drive(5)))) {
            assertInstanceOf(Wait.class, steps.next(readOld, 0, new Observed(all, complete)));
            assertInstanceOf(Propose.class, steps.back(readOld, 0, new Observed(all, complete)));
        }
        assertInstanceOf(Propose.class, steps.next(readOld, 0, new Observed(all, learners)));
    }

    @Test
    void havingSeenAnEarlierStageIsNotEnough() {
        Observed early = observed(filling, 0b111111);
        assertInstanceOf(Wait.class, steps.next(readOld, 0, early));
        assertInstanceOf(Propose.class, steps.next(filling, 0, observed(readNew, 0b111111)));
    }

    @Test
    void whatDoesNotMoveIsAtRest() {
        assertEquals(new AtRest(), steps.next(filling, 1, observed(filling, 0b111111)));
        assertEquals(new AtRest(), steps.back(filling, 1, observed(filling, 0b111111)));
    }

    private static boolean isMajority(int seen) {
        return Integer.bitCount(seen) >= MAJORITY;
    }

    private Observed observed(ControlState state, int seen) {
        Map<DriveId, Long> versions = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            if ((seen & (1 << i)) != 0) {
                versions.put(drive(i), state.partition(0).since());
            }
        }
        return new Observed(versions, learners);
    }

    private static void assertNext(boolean isDue, ControlCommand command, Next next, int seen) {
        if (isDue) {
            assertEquals(new Propose(command), next, () -> "seen by " + Integer.toBinaryString(seen));
        } else {
            assertInstanceOf(Wait.class, next, () -> "seen by " + Integer.toBinaryString(seen));
        }
    }
}
