package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories of one register under delay, loss, duplication, reordering, drive restarts and dying gateways, on one
 * thread and in virtual time. {@code -Dtest.seed=N} repeats one history and prints it.
 */
class RegisterSimulationTest {
    private static final int SEEDS = 1_500;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void everyHistoryIsLinearizable(int drives) {
        Long single = Long.getLong("test.seed");
        long first = single == null ? 1 : single;
        long last = single == null ? SEEDS : single;
        int acknowledged = 0;
        for (long seed = first; seed <= last; seed++) {
            RegisterSimulation run = new RegisterSimulation(seed, drives, single != null);
            run.play();
            String fault = run.violation();
            assertEquals(
                    "", fault, "seed " + seed + " with " + drives + " drives; -Dtest.seed=" + seed + " repeats it");
            acknowledged += run.acknowledged();
        }
        assertTrue(acknowledged > (last - first) * 3, "the simulation acknowledges next to nothing: " + acknowledged);
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        RegisterSimulation one = new RegisterSimulation(42, 4, false);
        RegisterSimulation two = new RegisterSimulation(42, 4, false);
        one.play();
        two.play();
        assertEquals(one.trace(), two.trace());
    }

    @Test
    void aDriveThatLosesItsStateButVotesIsCaught() {
        int caught = 0;
        for (long seed = 1; seed <= SEEDS && caught == 0; seed++) {
            RegisterSimulation run = new RegisterSimulation(seed, 4, false);
            run.wipeInsteadOfRestart();
            run.play();
            caught += run.violation().isEmpty() ? 0 : 1;
        }
        assertTrue(caught > 0, "no seed noticed that drives came back empty and voted");
    }
}
