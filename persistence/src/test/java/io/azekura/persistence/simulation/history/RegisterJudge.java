package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.RegisterSearch.Verdict;
import io.azekura.persistence.simulation.history.RegisterStep.Guard;
import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges the steps of one key: impossible values by rule, the rest by zones where these decide, by search otherwise; then
 * reduces what is wrong to few operations and names it.
 */
final class RegisterJudge {

    /** Some hundred megabytes; a key of a hundred operations needs some hundred states. */
    private static final int STATES_MAX = 1_000_000;

    private final KeyName key;
    private final String initial;
    private final Map<String, Operation> failedWrites;
    private final List<Violation> violations = new ArrayList<>();
    private List<RegisterStep> steps;

    RegisterJudge(KeyName key, List<RegisterStep> steps, String initial, Map<String, Operation> failedWrites) {
        this.key = key;
        this.steps = List.copyOf(steps);
        this.initial = initial;
        this.failedWrites = failedWrites;
    }

    static Verdict verdict(List<RegisterStep> steps, String initial) {
        if (initial.equals(RegisterStep.NONE) && ZoneCheck.applies(steps)) {
            return ZoneCheck.conflict(steps).isPresent() ? Verdict.VIOLATED : Verdict.LINEARIZABLE;
        }
        return new RegisterSearch(steps, initial, STATES_MAX).run();
    }

    List<Violation> judge() {
        dropImpossibleReads();
        Verdict verdict = verdict(steps, initial);
        if (verdict == Verdict.UNDECIDED) {
            report(Kind.UNDECIDED, "gave up after " + STATES_MAX + " states", operations(steps));
        } else if (verdict == Verdict.VIOLATED) {
            cutEnd();
            reduce();
            explain();
        }
        return violations;
    }

    private void dropImpossibleReads() {
        Map<String, RegisterStep> writes = new HashMap<>();
        for (RegisterStep step : steps) {
            String written = step.written();
            if (written != null) {
                writes.put(written, step);
            }
        }
        List<RegisterStep> possible = new ArrayList<>();
        for (RegisterStep step : steps) {
            if (!step.required() || step.guard() == Guard.NONE_OF || isPossible(step, writes)) {
                possible.add(step);
            } else if (step.written() != null) {
                possible.add(RegisterStep.write(step.operation(), step.written()));
            }
        }
        steps = possible;
    }

    private boolean isPossible(RegisterStep step, Map<String, RegisterStep> writes) {
        String expected = step.expected();
        if (expected == null) {
            if (step.states().stream().anyMatch(state -> isPossible(writes.get(state), step))) {
                return true;
            }
            report(Kind.PHANTOM_VALUE, "copied bytes that no value of the source had", List.of(step.operation()));
            return false;
        }
        if (expected.equals(RegisterStep.NONE) || expected.equals(RegisterStep.NO_BUCKET)) {
            return true;
        }
        RegisterStep write = writes.get(expected);
        Operation failed = failedWrites.get(expected);
        if (isPossible(write, step)) {
            return true;
        }
        if (write != null) {
            report(
                    Kind.READ_FROM_FUTURE,
                    expected + " was seen before its write began",
                    operations(List.of(step, write)));
        } else if (failed != null) {
            report(Kind.FAILED_WRITE_SEEN, expected + " was refused, yet seen", List.of(failed, step.operation()));
        } else {
            report(Kind.PHANTOM_VALUE, expected + " was never written to this key", List.of(step.operation()));
        }
        return false;
    }

    private static boolean isPossible(@Nullable RegisterStep write, RegisterStep read) {
        return write != null && !read.isBefore(write);
    }

    /**
     * Leaves out what came after the first moment at which things were already wrong: writes that were going on then may
     * still come, reads that were going on tell nothing yet.
     */
    private void cutEnd() {
        long[] ends = steps.stream()
                .filter(RegisterStep::required)
                .mapToLong(RegisterStep::endsAt)
                .sorted()
                .distinct()
                .toArray();
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (verdict(until(ends[middle]), initial) == Verdict.VIOLATED) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        keepIfStillWrong(until(ends[low]));
    }

    private List<RegisterStep> until(long tick) {
        return steps.stream()
                .filter(step -> step.invokedAt() <= tick && (step.endsAt() <= tick || !step.isRead()))
                .map(step -> step.endsAt() <= tick ? step : step.asPending())
                .toList();
    }

    /** Leaves out reads, and values nobody depends on: what remains is wrong all the same. */
    private void reduce() {
        for (RegisterStep step : steps) {
            if (step.isRequiredRead()) {
                keepIfStillWrong(without(Set.of(step)));
            }
        }
        Set<RegisterStep> tried = new HashSet<>();
        for (RegisterStep step : steps) {
            String written = step.written();
            if (written != null && tried.add(step) && isIndependent(step, written)) {
                keepIfStillWrong(without(Set.of(step)));
            }
        }
    }

    private boolean isIndependent(RegisterStep write, String value) {
        return write.guard() == Guard.NONE_OF
                && !value.equals(RegisterStep.NONE)
                && steps.stream()
                        .noneMatch(step ->
                                step.guard() == Guard.ONE_OF && step.states().contains(value))
                && steps.stream().noneMatch(step -> step.guard() == Guard.NONE_OF && step.isRead());
    }

    private List<RegisterStep> without(Set<RegisterStep> left) {
        return steps.stream().filter(step -> !left.contains(step)).toList();
    }

    private void keepIfStillWrong(List<RegisterStep> fewer) {
        if (verdict(fewer, initial) == Verdict.VIOLATED) {
            steps = fewer;
        }
    }

    private void explain() {
        List<Operation> operations = operations(steps);
        for (RegisterStep step : steps) {
            RegisterStep rival = rival(step);
            if (rival != null) {
                report(Kind.TWO_WINNERS, "both won on " + step.expected(), operations);
                return;
            }
        }
        for (RegisterStep step : steps) {
            if (step.required() && step.written() != null && replacedOther(step)) {
                report(Kind.LOST_UPDATE, "replaced another value than " + step.expected(), operations);
                return;
            }
        }
        List<RegisterStep> reads =
                steps.stream().filter(RegisterStep::isRequiredRead).toList();
        if (reads.stream().anyMatch(step -> step.guard() == Guard.NONE_OF)) {
            report(Kind.WRONG_REFUSAL, "the condition held all the time", operations);
        } else if (reads.stream().anyMatch(step -> step.expects(RegisterStep.NONE))) {
            report(Kind.LOST_WRITE, "an acknowledged value was not there", operations);
        } else if (reads.isEmpty()) {
            report(Kind.NOT_LINEARIZABLE, "no order explains these", operations);
        } else if (reads.stream().anyMatch(this::afterDelete)) {
            report(Kind.RESURRECTED, "a deleted value was seen", operations);
        } else {
            report(Kind.STALE_READ, "an overwritten value was seen", operations);
        }
    }

    private @Nullable RegisterStep rival(RegisterStep step) {
        String expected = step.expected();
        if (!step.required() || step.written() == null || expected == null || expected.equals(RegisterStep.NO_BUCKET)) {
            return null;
        }
        boolean canBeAgain = expected.equals(RegisterStep.NONE)
                && steps.stream().anyMatch(other -> RegisterStep.NONE.equals(other.written()));
        return canBeAgain || RegisterStep.NO_BUCKET.equals(step.written())
                ? null
                : steps.stream()
                        .filter(other -> !other.equals(step) && other.required() && other.written() != null)
                        .filter(other -> other.expects(expected))
                        .findFirst()
                        .orElse(null);
    }

    private boolean replacedOther(RegisterStep step) {
        String expected = step.expected();
        return expected != null
                && !expected.equals(RegisterStep.NO_BUCKET)
                && steps.stream()
                        .anyMatch(other -> other.written() != null
                                && !expected.equals(other.written())
                                && other.isBefore(step)
                                && steps.stream()
                                        .noneMatch(
                                                again -> expected.equals(again.written()) && !again.isBefore(other)));
    }

    private boolean afterDelete(RegisterStep read) {
        return steps.stream().anyMatch(step -> RegisterStep.NONE.equals(step.written()) && step.isBefore(read));
    }

    private void report(Kind kind, String explanation, List<Operation> operations) {
        violations.add(new Violation(kind, "key " + key, explanation, operations));
    }

    private static List<Operation> operations(List<RegisterStep> steps) {
        return steps.stream().map(RegisterStep::operation).distinct().toList();
    }
}
