package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What breaks a rule is noticed: by the random histories of every build, or by one that is written for it. */
class PlantedFaultsTest {
    /** As many as {@link ClusterSimulationTest} plays at least. The search ends at the first that shows the fault. */
    private static final long SEEDS_MAX = 300;

    static Stream<PlantedFault> seeded() {
        return PlantedFaults.all().stream().filter(PlantedFault::isSeeded);
    }

    @ParameterizedTest
    @MethodSource("seeded")
    void aPlantedFaultIsNoticedByRandomHistories(PlantedFault fault) {
        assertTrue(fault.isNoticedBy(SEEDS_MAX), () -> "nobody noticed " + fault);
    }

    @Test
    void everyFaultIsNoticedSomehow() {
        List<PlantedFault> unseen = PlantedFaults.all().stream()
                .filter(fault ->
                        !fault.isSeeded() && !PlantedScenariosTest.faults().contains(fault.name()))
                .toList();
        assertEquals(List.of(), unseen);
    }

    @Test
    void everyRuleHasAPlantedFault() {
        Set<Integer> rules = new TreeSet<>();
        PlantedFaults.all().forEach(fault -> rules.add(fault.rule()));
        assertEquals(IntStream.rangeClosed(1, 20).boxed().toList(), List.copyOf(rules));
    }

    @Test
    void everyFaultHasItsOwnName() {
        long names =
                PlantedFaults.all().stream().map(PlantedFault::name).distinct().count();
        assertEquals(PlantedFaults.all().size(), names);
    }
}
