package io.azekura.persistence.simulation;

import io.azekura.persistence.simulation.history.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Makes the plan of a failing history as short as it goes on failing, so that a person can read it. Faults go first, since
 * a history without faults is the easiest to read, then what clients do; in halves, in ever smaller pieces, one by one.
 * What is left is made shorter in time. A shorter plan counts as failing only if its first violation is of the same kind.
 */
final class Shrinker {
    private static final long DURATION_MICROS_MIN = 1_000;

    private final long seed;
    private final Supplier<Variant> variants;
    private final int runsMax;
    private String kind = "";
    private int runs;

    /** What is left, what it shows, and how many histories that took. */
    record Shrunk(Plan plan, Simulation.Result result, int runs) {
        /** The plan, one line for each fault and deed in order of time, and the history that it makes. */
        List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s, %d deeds and %d faults are left after %d runs",
                    plan.shape(),
                    plan.deeds().size(),
                    plan.faults().size(),
                    runs));
            Stream.concat(plan.deeds().stream(), plan.faults().stream())
                    .sorted(java.util.Comparator.comparingLong(Shrinker::atMicros))
                    .forEach(one -> lines.add("  " + one));
            lines.addAll(result.lines());
            lines.addAll(result.violations());
            return lines;
        }
    }

    /** Each run asks for a variant of its own, since a planted fault may count. */
    Shrinker(long seed, Supplier<Variant> variants, int runsMax) {
        this.seed = seed;
        this.variants = variants;
        this.runsMax = runsMax;
    }

    /** The plan must fail. */
    Shrunk shrink(Plan plan) {
        Simulation.Result first = play(plan, false);
        if (first.isFine()) {
            throw new IllegalArgumentException("seed " + seed + " does not fail");
        }
        kind = kindOf(first.violations().get(0));
        Plan least = plan;
        int before;
        do {
            before = size(least);
            least = withoutFaults(least);
            least = withoutDeeds(least);
        } while (size(least) < before && runs < runsMax);
        least = sooner(shorter(least));
        return new Shrunk(least, play(least, true), runs);
    }

    /** What two violations have in common that are of the same sort: the check that found them, and where a bug tripped. */
    static String kindOf(String violation) {
        String head = violation.lines().findFirst().orElse("");
        for (Violation.Kind one : Violation.Kind.values()) {
            if (head.startsWith(one + " ")) {
                return one.name();
            }
        }
        String check = head.substring(0, Math.max(0, head.indexOf(':') < 0 ? head.length() : head.indexOf(':')));
        String at = violation
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("at "))
                .map(line -> line.substring(0, Math.max(0, line.indexOf('('))))
                .findFirst()
                .orElse("");
        return (check + " " + at).replaceAll("[0-9]+", "N").strip();
    }

    private Plan withoutFaults(Plan plan) {
        List<Fault> faults = least(plan.faults(), some -> new Plan(plan.shape(), plan.deeds(), some));
        return new Plan(plan.shape(), plan.deeds(), faults);
    }

    private Plan withoutDeeds(Plan plan) {
        List<Deed> deeds = least(plan.deeds(), some -> new Plan(plan.shape(), some, plan.faults()));
        return new Plan(plan.shape(), deeds, plan.faults());
    }

    /** Leaves out pieces that are not needed: everything, halves, quarters and so on, single ones. */
    private <T> List<T> least(List<T> all, Function<List<T>, Plan> plan) {
        List<T> kept = all;
        int piece = Math.max(1, kept.size());
        while (!kept.isEmpty()) {
            int before = kept.size();
            int from = 0;
            while (from < kept.size()) {
                List<T> rest = new ArrayList<>(kept.subList(0, from));
                rest.addAll(kept.subList(Math.min(kept.size(), from + piece), kept.size()));
                if (fails(plan.apply(rest))) {
                    kept = rest;
                } else {
                    from += piece;
                }
            }
            if (piece == 1 && kept.size() == before) {
                return kept;
            }
            piece = Math.max(1, Math.min(piece, kept.size()) / 2);
        }
        return kept;
    }

    /** Faults that last half as long, as often as it goes. */
    private Plan shorter(Plan plan) {
        Plan least = plan;
        for (int i = 0; i < plan.faults().size(); i++) {
            Fault fault = least.faults().get(i);
            while (fault.durationMicros() / 2 >= DURATION_MICROS_MIN) {
                fault = new Fault(
                        fault.atMicros(), fault.kind(), fault.target(), fault.other(), fault.durationMicros() / 2);
                List<Fault> faults = new ArrayList<>(least.faults());
                faults.set(i, fault);
                Plan next = new Plan(least.shape(), least.deeds(), faults);
                if (!fails(next)) {
                    break;
                }
                least = next;
            }
        }
        return least;
    }

    /** Everything in half the time, as often as it goes. */
    private Plan sooner(Plan plan) {
        Plan least = plan;
        while (true) {
            Plan next = new Plan(
                    least.shape(),
                    least.deeds().stream()
                            .map(deed -> new Deed(
                                    deed.atMicros() / 2, deed.client(), deed.kind(), deed.key(), deed.argument()))
                            .toList(),
                    least.faults().stream()
                            .map(fault -> new Fault(
                                    fault.atMicros() / 2,
                                    fault.kind(),
                                    fault.target(),
                                    fault.other(),
                                    fault.durationMicros()))
                            .toList());
            if (next.equals(least) || !fails(next)) {
                return least;
            }
            least = next;
        }
    }

    /** Whether the plan still shows what the first one did; no when there are no runs left. */
    private boolean fails(Plan plan) {
        if (runs >= runsMax) {
            return false;
        }
        Simulation.Result result = play(plan, false);
        return !result.isFine() && kindOf(result.violations().get(0)).equals(kind);
    }

    private Simulation.Result play(Plan plan, boolean printing) {
        runs++;
        return new Simulation(seed, plan, variants.get(), printing).play();
    }

    private static int size(Plan plan) {
        return plan.deeds().size() + plan.faults().size();
    }

    private static long atMicros(Record one) {
        return one instanceof Deed deed ? deed.atMicros() : ((Fault) one).atMicros();
    }
}
