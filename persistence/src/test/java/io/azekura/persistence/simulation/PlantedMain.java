package io.azekura.persistence.simulation;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Tells for each planted fault that random histories show which seed notices it first, and by what. Arguments: how many
 * seeds to try at most (300), and the first and the last rule (all).
 */
public final class PlantedMain {
    private static final int WHAT_CHARACTERS_MAX = 150;

    private PlantedMain() {}

    public static void main(String[] arguments) {
        long seedsMax = arguments.length > 0 ? Long.parseLong(arguments[0]) : 300;
        int first = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        int last = arguments.length > 2 ? Integer.parseInt(arguments[2]) : Integer.MAX_VALUE;
        for (PlantedFault fault : PlantedFaults.all()) {
            if (fault.isSeeded() && fault.rule() >= first && fault.rule() <= last) {
                System.out.println(line(fault, seedsMax));
            }
        }
    }

    private static String line(PlantedFault fault, long seedsMax) {
        for (long seed = 1; seed <= seedsMax; seed++) {
            List<String> seen = fault.violations(seed);
            if (!seen.isEmpty()) {
                String what = seen.get(0).replace('\n', ' ');
                return String.format(
                        Locale.ROOT,
                        "%2d  %-30s %-8s seed %4d  %s",
                        fault.rule(),
                        fault.name(),
                        Objects.requireNonNull(fault.theme()).name(),
                        seed,
                        what.substring(0, Math.min(what.length(), WHAT_CHARACTERS_MAX)));
            }
        }
        return String.format(Locale.ROOT, "%2d  %-30s NOT CAUGHT in %d", fault.rule(), fault.name(), seedsMax);
    }
}
