package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What breaks a bucket or a fence is noticed by random histories that are about buckets. */
class PlantedBucketFaultsTest {
    private static final long SEEDS_MAX = 100;
    private static final long FINE_SEEDS = 40;

    static List<PlantedFault> faults() {
        return PlantedBucketFaults.all();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aPlantedFaultIsNoticed(PlantedFault fault) {
        assertTrue(fault.isNoticedBy(SEEDS_MAX), () -> "nobody noticed " + fault);
    }

    @Test
    void withoutAFaultNothingIsNoticed() {
        List<String> found = LongStream.rangeClosed(1, FINE_SEEDS)
                .parallel()
                .mapToObj(seed ->
                        new Simulation(seed, PlantedBucketFaults.BUCKETS.plan(seed), new Variant(), false).play())
                .flatMap(result -> result.violations().stream())
                .toList();
        assertEquals(List.of(), found);
    }
}
