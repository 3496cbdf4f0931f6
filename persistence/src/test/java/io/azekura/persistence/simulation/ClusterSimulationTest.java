package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Histories of whole clusters under every kind of fault. A failure names its seed; {@code dev/simulate SEED} prints that
 * history, and {@code -Dtest.seed=N} plays it alone.
 */
class ClusterSimulationTest {
    private static final long SEEDS = 1_000;
    private static final int SEEDS_TWICE = 20;

    @Test
    void noHistoryBreaksAPromiseAndEveryOneComesToRest() {
        Long single = Long.getLong("test.seed");
        long first = single == null ? 1 : single;
        long last = single == null ? SEEDS : single;
        AtomicLong acknowledged = new AtomicLong();
        List<String> failures = LongStream.rangeClosed(first, last)
                .parallel()
                .mapToObj(seed -> {
                    Simulation.Result result = Simulation.play(seed, new Variant());
                    acknowledged.addAndGet(result.acknowledged());
                    return result.isFine()
                            ? ""
                            : "seed " + seed + ": " + result.violations().get(0);
                })
                .filter(failure -> !failure.isEmpty())
                .toList();
        assertEquals(List.of(), failures);
        assertTrue(acknowledged.get() > 60 * (last - first), "next to nothing was acknowledged: " + acknowledged);
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        for (long seed = 1; seed <= SEEDS_TWICE; seed++) {
            long once = Simulation.play(seed, new Variant()).traceHash();
            assertEquals(once, Simulation.play(seed, new Variant()).traceHash(), "seed " + seed);
            assertNotEquals(once, Simulation.play(seed + 1, new Variant()).traceHash(), "seed " + seed);
        }
    }
}
