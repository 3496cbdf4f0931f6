package io.azekura.persistence.simulation;

import static io.azekura.persistence.simulation.PlantedBench.KEY;
import static io.azekura.persistence.simulation.PlantedSchedules.NEW;
import static io.azekura.persistence.simulation.PlantedSchedules.late;
import static io.azekura.persistence.simulation.PlantedSchedules.now;
import static io.azekura.persistence.simulation.PlantedSchedules.sharded;
import static io.azekura.persistence.simulation.PlantedSchedules.stage;

import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.VersionReads;
import io.azekura.persistence.simulation.PlantedBench.Fate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Histories in which something is deleted, missed, damaged or left over. Each tells whether a promise is broken. */
final class PlantedLosses {
    private PlantedLosses() {}

    // --- What is deleted stays deleted ---

    private static void collect(PlantedBench bench) {
        now(bench.variant().completion(bench, bench, key -> 0).complete(KEY));
    }

    static boolean isUndeletedByAMissingDrive(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v1");
        bench.reach(0, 1, 2);
        bench.delete();
        collect(bench);
        bench.reach(2, 3);
        return "v1".equals(bench.readValue());
    }

    static boolean isUndeletedByALateAccept(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v0");
        List<Request> late = late(bench, "v1");
        bench.nextProcess();
        bench.delete();
        collect(bench);
        for (int drive = 0; drive < 4; drive++) {
            bench.ask(drive, late.get(drive));
        }
        return "v1".equals(bench.readValue());
    }

    static boolean isUndeletedByALateAnswer(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v1");
        Row row = Objects.requireNonNull(bench.memory(0).slot(KEY).highest());
        bench.delete();
        collect(bench);
        bench.ask(0, new Request.Adopt(KEY, row, 0, List.of(), Map.of()));
        return "v1".equals(bench.readValue());
    }

    static boolean isUndeletedByALearner(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v1");
        bench.layout(new Quorum(List.of(0, 1, 2, 2), List.of(0b0111), 0b0111));
        bench.reach(0, 1, 2);
        bench.delete();
        bench.reachAll();
        collect(bench);
        bench.layout(new Quorum(List.of(0, 1, 2, 2), List.of(0b1011), 0b1011));
        bench.reach(1, 3);
        return "v1".equals(bench.readValue());
    }

    // --- What is missed, damaged or lost is not taken for absent ---

    static boolean isMissedUnnoticed(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.reach(0, 1, 2);
        bench.write("v1");
        return bench.memory(0).keys(0, null, true, 9).isEmpty()
                && bench.memory(1).keys(0, null, true, 9).isEmpty();
    }

    static boolean isCaughtUpAlone(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.reach(0, 1, 2);
        bench.write("v1");
        bench.reach(3);
        return now(bench.variant()
                .catchUp(
                        bench.id(3),
                        bench,
                        new VersionReads(bench, bench, key -> 0),
                        bench,
                        key -> 0,
                        World::rebuild,
                        bench::nextOperation)
                .missed(0));
    }

    static boolean isAbsentToOne(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.reach(0, 1, 2);
        bench.write("v1");
        bench.reach(3);
        return "absent".equals(bench.readValue());
    }

    private static @Nullable String readWithout(Variant variant, Consumer<PlantedBench> harm) {
        PlantedBench bench = new PlantedBench(variant, 3);
        bench.reach(0, 1);
        bench.write("v1");
        harm.accept(bench);
        bench.reach(0, 2);
        return bench.readValue();
    }

    static boolean isDamagedAbsent(Variant variant) {
        return "absent".equals(readWithout(variant, bench -> bench.memory(0).damage(KEY)));
    }

    static boolean isLostAbsent(Variant variant) {
        return "absent".equals(readWithout(variant, bench -> bench.lose(0)));
    }

    // --- Leftovers ---

    /** A writer was slow; what it staged is scavenged with two marks; then its accepts arrive. */
    static boolean isStuckAfterScavenging(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v0");
        stage(bench, NEW, 0, 1, 2, 3);
        List<Request> late = late(bench, sharded(NEW, 2, 4), "v1");
        bench.nextProcess();
        bench.network((drive, request) -> request instanceof Request.MarkDead && drive > 1 ? Fate.LOST : Fate.ARRIVES);
        scavenge(bench);
        bench.calm();
        for (int drive = 0; drive < 4; drive++) {
            bench.ask(drive, late.get(drive));
        }
        return bench.confirmedValue() == null;
    }

    /** A writer comes back while what it staged is being dropped. */
    static boolean isStuckWhileScavenging(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v0");
        stage(bench, NEW, 0, 1, 2, 3);
        bench.network((drive, request) -> {
            if (request instanceof Request.DropDead && drive == 2) {
                bench.calm();
                bench.write(KEY, sharded(NEW, 2, 4), "v1");
            }
            return Fate.ARRIVES;
        });
        scavenge(bench);
        bench.calm();
        return bench.confirmedValue() == null;
    }

    private static void scavenge(PlantedBench bench) {
        now(bench.variant()
                .scavenger(bench, bench, key -> 0, bench::nextOperation)
                .scavenge(KEY, NEW));
    }
}
