package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.moving;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.persistence.control.ControlCommand.Advance;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.ControlCommand.RollBack;
import io.azekura.persistence.control.LayoutSteps.Observed;
import io.azekura.persistence.drive.DriveId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The move is from drives 0, 1, 2 to 0, 1, 3: W is 2 of each. */
class LayoutStepsTest {
    private static final Set<DriveId> LEARNER = Set.of(drive(3));

    private final LayoutSteps steps = new LayoutSteps();

    @Test
    void nothingIsToBeDoneAboutWhatDoesNotMove() {
        assertInstanceOf(LayoutSteps.AtRest.class, steps.next(state(5, 3), 0, seen(1, 0, 1, 2)));
        assertInstanceOf(LayoutSteps.AtRest.class, steps.back(state(5, 3), 0, seen(1, 0, 1, 2)));
    }

    @Test
    void fillingWaitsForAMajorityOfTheOldSetAlone() {
        ControlState state = moving(Stage.FILLING);
        assertWaits(steps.next(state, 0, seen(2, 0, 3)));
        assertWaits(steps.next(state, 0, seen(1, 0, 1, 2)));
        assertProposes(new Advance(0, 2), steps.next(state, 0, seen(2, 1, 2)));
    }

    @Test
    void readingNewWaitsForMajoritiesOfBothSetsAndForEveryLearner() {
        ControlState state = moving(Stage.WRITE_BOTH_READ_OLD);
        assertWaits(steps.next(state, 0, complete(seen(3, 1, 2))));
        assertWaits(steps.next(state, 0, complete(seen(3, 0, 3))));
        assertWaits(steps.next(state, 0, seen(3, 0, 1, 2, 3)));
        assertWaits(steps.next(state, 0, complete(seen(2, 0, 1, 2, 3))));
        Advance advance = new Advance(0, 3);
        assertProposes(advance, steps.next(state, 0, complete(seen(3, 0, 1))));
        assertProposes(advance, steps.next(state, 0, complete(seen(3, 1, 2, 3))));
    }

    @Test
    void endOfAMoveWaitsForMajoritiesOfBothSets() {
        ControlState state = moving(Stage.WRITE_BOTH_READ_NEW);
        assertWaits(steps.next(state, 0, seen(4, 0, 3)));
        assertWaits(steps.next(state, 0, seen(3, 0, 1, 2, 3)));
        assertProposes(new Advance(0, 4), steps.next(state, 0, seen(4, 0, 2, 3)));
    }

    @Test
    void stepBackWaitsOnlyWhereTheNewSetCounts() {
        Observed none = new Observed(Map.of(), Set.of());
        assertProposes(new RollBack(0, 2), steps.back(moving(Stage.FILLING), 0, none));
        for (Stage stage : Set.of(Stage.WRITE_BOTH_READ_OLD, Stage.WRITE_BOTH_READ_NEW)) {
            ControlState state = moving(stage);
            long since = state.partition(0).since();
            assertWaits(steps.back(state, 0, none));
            assertWaits(steps.back(state, 0, seen(since, 1, 2)));
            assertProposes(new RollBack(0, since), steps.back(state, 0, seen(since, 0, 1)));
        }
    }

    /** A partition that was taken back to reading the old set is a stage of its own: what was seen before does not count. */
    @Test
    void stageThatIsEnteredAgainIsWaitedForAgain() {
        ControlState state = after(moving(Stage.WRITE_BOTH_READ_NEW), new RollBack(0, 4));
        assertWaits(steps.next(state, 0, complete(seen(4, 0, 1, 2, 3))));
        assertProposes(new Advance(0, 5), steps.next(state, 0, complete(seen(5, 0, 1, 2, 3))));
    }

    @Test
    void answersOfAnEarlierMountDoNotCount() {
        ControlState state = after(moving(Stage.FILLING), new Boot(drive(0), 0, 7));
        Map<DriveId, Long> seen = seen(2, 0, 1).seen();
        assertWaits(steps.next(state, 0, new Observed(seen, Map.of(drive(0), 0L, drive(1), 0L), Set.of())));
        assertProposes(
                new Advance(0, 2),
                steps.next(state, 0, new Observed(seen, Map.of(drive(0), 1L, drive(1), 0L), Set.of())));
    }

    @Test
    void answersOfEvictedDrivesDoNotCount() {
        ControlState filling = after(moving(Stage.FILLING), new Evict(drive(1)));
        assertWaits(steps.next(filling, 0, seen(2, 0, 1)));
        ControlState learning = after(moving(Stage.WRITE_BOTH_READ_OLD), new Evict(drive(3)));
        assertWaits(steps.next(learning, 0, complete(seen(3, 0, 1, 2, 3))));
    }

    /** Whatever is proposed, the state allows: the two agree about which steps there are. */
    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"STABLE"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatIsProposedIsAllowed(Stage stage) {
        ControlState state = moving(stage);
        Observed all = complete(seen(state.version(), 0, 1, 2, 3));
        after(
                state,
                assertInstanceOf(LayoutSteps.Propose.class, steps.next(state, 0, all))
                        .command());
        after(
                state,
                assertInstanceOf(LayoutSteps.Propose.class, steps.back(state, 0, all))
                        .command());
    }

    private static Observed seen(long version, int... numbers) {
        Map<DriveId, Long> seen = new HashMap<>();
        Arrays.stream(numbers).forEach(number -> seen.put(drive(number), version));
        return new Observed(seen, Set.of());
    }

    private static Observed complete(Observed observed) {
        return new Observed(observed.seen(), LEARNER);
    }

    private static void assertWaits(LayoutSteps.Next next) {
        assertInstanceOf(LayoutSteps.Wait.class, next);
    }

    private static void assertProposes(ControlCommand command, LayoutSteps.Next next) {
        assertEquals(new LayoutSteps.Propose(command), next);
    }

    @Test
    void learnersAreTheDrivesOfTheNewSetAlone() {
        assertEquals(drives(3), moving(Stage.FILLING).partition(0).learners());
    }
}
