package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeterminismTest {
    private static final int SEEDS = 20;

    @Test
    void theSameSeedIsTheSameHistoryOnWhateverThread() {
        List<Long> alone = LongStream.rangeClosed(1, SEEDS)
                .mapToObj(DeterminismTest::traceHash)
                .toList();
        List<Long> together = LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(DeterminismTest::traceHash)
                .toList();
        assertEquals(alone, together);
        assertEquals(SEEDS, alone.stream().distinct().count());
    }

    @Test
    void printingChangesNothing() {
        Simulation.Result printed = new Simulation(7, Plan.of(7), new Variant(), true).play();
        assertEquals(traceHash(7), printed.traceHash());
    }

    private static long traceHash(long seed) {
        return Simulation.play(seed, new Variant()).traceHash();
    }
}
