package io.azekura.persistence.simulation;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One rule of the register, broken on purpose in one place: what does not notice it does not check the rule.
 *
 * @param rule the number of the rule in the design of the register
 * @param variants makes the parts of a cluster with the fault, afresh for each history
 * @param theme what random histories show it, or null when it takes one that is written for it
 */
record PlantedFault(
        String name,
        int rule,
        Supplier<Variant> variants,
        @Nullable PlantedPlans theme) {
    private static final Pattern LATE = Pattern.compile("not quiet|the last look");
    private static final Pattern ONLY_AT_REST = Pattern.compile("ReplicasAgree|DeliveredOnce|UsageIsCensus");

    PlantedFault(String name, int rule, Supplier<Variant> variants) {
        this(name, rule, variants, null);
    }

    /** Noticed by one of the random histories that every build plays. */
    PlantedFault seeded() {
        return seededBy(PlantedPlans.ALL);
    }

    /** Noticed by random histories of this theme. */
    PlantedFault seededBy(PlantedPlans some) {
        return new PlantedFault(name, rule, variants, some);
    }

    boolean isSeeded() {
        return theme != null;
    }

    /**
     * What is wrong with this history and is not without the fault; nothing if it goes unnoticed. A cluster that is only
     * late does not count, since the fault makes another history of the seed; nor what is true only of a cluster at rest.
     */
    List<String> violations(long seed) {
        Plan plan = (theme == null ? PlantedPlans.ALL : theme).plan(seed);
        List<String> all =
                new Simulation(seed, plan, variants.get(), false).play().violations();
        boolean isLate = all.stream().anyMatch(one -> LATE.matcher(one).lookingAt());
        List<String> seen = all.stream()
                .filter(one -> !LATE.matcher(one).lookingAt())
                .filter(one -> !isLate || !ONLY_AT_REST.matcher(one).lookingAt())
                .toList();
        boolean isProof = !seen.isEmpty()
                && new Simulation(seed, plan, new Variant(), false).play().isFine();
        return isProof ? seen : List.of();
    }

    /** Whether one of the first seeds shows it, on as many threads as there are. */
    boolean isNoticedBy(long seedsMax) {
        return LongStream.rangeClosed(1, seedsMax).parallel().anyMatch(seed -> !violations(seed)
                .isEmpty());
    }

    @Override
    public String toString() {
        return "rule " + rule + ": " + name;
    }
}
