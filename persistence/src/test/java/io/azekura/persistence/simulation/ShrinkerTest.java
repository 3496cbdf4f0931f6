package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Slot;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final long SEEDS_MAX = 100;
    private static final int RUNS_MAX = 250;

    /** Drives that accept whatever comes, whatever they promised. */
    private static final class Forgetful extends Variant {
        @Override
        Acceptor acceptor(long durableBound) {
            return new Acceptor(durableBound) {
                @Override
                protected boolean isTooLow(Accept accept, Slot slot, Ballot collected) {
                    return false;
                }
            };
        }
    }

    @Test
    void aPlantedFaultIsShownByAFewDeeds() {
        long seed = firstFailure();
        Plan plan = Plan.of(seed);
        String kind = Shrinker.kindOf(
                Simulation.play(seed, new Forgetful()).violations().get(0));
        Shrinker.Shrunk shrunk = new Shrinker(seed, Forgetful::new, RUNS_MAX).shrink(plan);
        assertTrue(shrunk.plan().deeds().size() <= 12, () -> "left of seed " + seed + ": " + shrunk.plan());
        assertTrue(shrunk.plan().faults().size() <= plan.faults().size());
        assertTrue(shrunk.runs() <= RUNS_MAX + 1);
        assertEquals(kind, Shrinker.kindOf(shrunk.result().violations().get(0)));
        assertFalse(shrunk.result().lines().isEmpty());
    }

    @Test
    void withoutRunsThePlanStaysAsItIs() {
        long seed = firstFailure();
        assertEquals(
                Plan.of(seed),
                new Shrinker(seed, Forgetful::new, 1).shrink(Plan.of(seed)).plan());
    }

    @Test
    void aSeedThatDoesNotFailIsRefused() {
        Plan nothing = new Plan(new World.Shape(5, 4, 2, 2), java.util.List.of(), java.util.List.of());
        assertThrows(IllegalArgumentException.class, () -> new Shrinker(1, Variant::new, 10).shrink(nothing));
    }

    @Test
    void kindsTellChecksApartAndNotTheirNumbers() {
        assertEquals("STALE_READ", Shrinker.kindOf("STALE_READ key b/k: saw 3\n    [1 .. 2] c0"));
        assertEquals(
                Shrinker.kindOf("two control logs at version 5"), Shrinker.kindOf("two control logs at version 17"));
        assertNotEquals(Shrinker.kindOf("SettledIsKept: drive 1"), Shrinker.kindOf("PromisesAreKept: drive 1"));
        assertNotEquals(
                Shrinker.kindOf("a bug tripped: java.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)"),
                Shrinker.kindOf("a bug tripped: java.lang.IllegalStateException: x\n\tat a.B.d(B.java:9)"));
    }

    private static long firstFailure() {
        for (long seed = 1; seed <= SEEDS_MAX; seed++) {
            if (!Simulation.play(seed, new Forgetful()).isFine()) {
                return seed;
            }
        }
        throw new AssertionError("no seed of " + SEEDS_MAX + " shows the planted fault");
    }
}
