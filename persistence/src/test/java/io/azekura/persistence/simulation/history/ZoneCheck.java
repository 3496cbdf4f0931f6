package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides in n log n whether a register that is only written and read is linearizable (Gibbons and Korach): every value
 * with its readers spans a zone from the first end to the last begin among them, and no two zones may each have to come
 * before the other.
 *
 * <p>It applies where the state is known by its writer: no conditions, no deletes, no bucket that comes and goes.
 */
final class ZoneCheck {

    /** A value with its write and its reads. */
    static final class Zone {
        final String value;
        final List<RegisterStep> steps = new ArrayList<>();
        long firstEnd = Operation.NEVER;
        long lastBegin = Long.MIN_VALUE;

        Zone(String value) {
            this.value = value;
        }

        void add(RegisterStep step) {
            steps.add(step);
            firstEnd = Math.min(firstEnd, step.endsAt());
            lastBegin = Math.max(lastBegin, step.invokedAt());
        }

        boolean mustPrecede(Zone other) {
            return firstEnd < other.lastBegin;
        }
    }

    /** Two zones each of which has to come before the other. */
    record Conflict(Zone one, Zone other) {}

    private ZoneCheck() {}

    static boolean applies(List<RegisterStep> steps) {
        return steps.stream().allMatch(ZoneCheck::isPlain);
    }

    private static boolean isPlain(RegisterStep step) {
        String expected = step.expected();
        String written = step.written();
        if (written == null) {
            return expected != null && !expected.equals(RegisterStep.NO_BUCKET);
        }
        return step.guard() == RegisterStep.Guard.NONE_OF
                && step.states().isEmpty()
                && !written.equals(RegisterStep.NONE)
                && !written.equals(RegisterStep.NO_BUCKET);
    }

    /** A conflict, if there is one; no read may end before its write begins, which is for the caller to see. */
    static Optional<Conflict> conflict(List<RegisterStep> steps) {
        Map<String, Zone> zones = new HashMap<>();
        for (RegisterStep step : steps) {
            String value = step.written() == null ? step.expected() : step.written();
            zones.computeIfAbsent(String.valueOf(value), Zone::new).add(step);
        }
        Zone initial = zones.get(RegisterStep.NONE);
        if (initial != null) {
            initial.firstEnd = Long.MIN_VALUE;
        }
        List<Zone> forward = zones.values().stream()
                .filter(zone -> zone.firstEnd < zone.lastBegin)
                .sorted(Comparator.comparingLong(zone -> zone.firstEnd))
                .toList();
        for (int i = 1; i < forward.size(); i++) {
            if (forward.get(i).mustPrecede(forward.get(i - 1))) {
                return Optional.of(new Conflict(forward.get(i - 1), forward.get(i)));
            }
        }
        return zones.values().stream()
                .filter(zone -> zone.firstEnd >= zone.lastBegin)
                .flatMap(zone -> around(forward, zone).stream())
                .findFirst();
    }

    /** Forward zones are disjoint by now, so that only the last one that begins before can be around. */
    private static Optional<Conflict> around(List<Zone> forward, Zone backward) {
        int low = 0;
        int high = forward.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (forward.get(middle).mustPrecede(backward)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && backward.mustPrecede(forward.get(low - 1))
                ? Optional.of(new Conflict(forward.get(low - 1), backward))
                : Optional.empty();
    }
}
