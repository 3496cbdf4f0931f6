package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.RegisterStep.Guard;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Searches an order of one key's steps that explains all of them (Wing and Gong, with the memory of Lowe), and needs
 * little time because written values are unique:
 *
 * <ul>
 *   <li>A read that fits the state is taken at once; it can only be in the way later.
 *   <li>A value is not overwritten while somebody still has to read it; it never comes back.
 *   <li>A write that nobody reads is taken as soon as it harms nobody.
 *   <li>A step that may never happen is taken only to enable the step after it. All others could as well not have happened.
 * </ul>
 *
 * <p>The memory holds 128-bit hashes of (required steps taken, state) instead of the sets themselves. A collision would at worst
 * report a violation that is none; at a million entries its chance is below 10^-25.
 */
final class RegisterSearch {

    enum Verdict {
        LINEARIZABLE,
        VIOLATED,
        UNDECIDED
    }

    private record Taken(long first, long second) {}

    /** A point of decision: the trail's length when it was reached, and what can be tried there. */
    private static final class Frame {
        final int trailLength;

        @Nullable
        List<int[]> alternatives;

        int next;

        Frame(int trailLength) {
            this.trailLength = trailLength;
        }
    }

    /** Longer chains of steps that may never have happened are not tried; none was seen longer than three. */
    private static final int CHAIN_MAX = 16;

    private final List<RegisterStep> steps;
    private final int statesMax;
    private final int[] written;
    private final int[] expected;
    private final boolean[] unread;
    private final int[] optional;
    private final int[] readersLeft;
    private final List<String> stateNames = new ArrayList<>();
    private final Map<String, Integer> stateCodes = new HashMap<>();
    private final StepQueue queue;
    private final boolean[] taken;
    private final boolean mayTakeUnreadAtOnce;

    private final int[] trailSteps;
    private final int[] trailStates;
    private int trailLength;
    private int state;
    private int requiredLeft;
    private long firstHash;
    private long secondHash;
    private final Map<Taken, List<BitSet>> seen = new HashMap<>();
    private final BitSet optionalTaken = new BitSet();
    private int seenCount;

    RegisterSearch(List<RegisterStep> steps, String initial, int statesMax) {
        this.steps = steps;
        this.statesMax = statesMax;
        int count = steps.size();
        written = new int[count];
        expected = new int[count];
        unread = new boolean[count];
        taken = new boolean[count];
        trailSteps = new int[count];
        trailStates = new int[count];
        code(RegisterStep.NO_BUCKET);
        code(RegisterStep.NONE);
        state = code(initial);
        for (int i = 0; i < count; i++) {
            RegisterStep step = steps.get(i);
            String value = step.written();
            String wanted = step.expected();
            written[i] = value == null ? -1 : code(value);
            expected[i] = wanted == null ? -1 : code(wanted);
        }
        readersLeft = new int[stateNames.size()];
        boolean[] observed = new boolean[stateNames.size()];
        boolean plain = true;
        for (int i = 0; i < count; i++) {
            RegisterStep step = steps.get(i);
            if (expected[i] >= 0) {
                observed[expected[i]] = true;
                readersLeft[expected[i]] += step.required() ? 1 : 0;
            } else {
                plain &= step.guard() == Guard.NONE_OF && step.states().isEmpty() && !step.isRead();
            }
            requiredLeft += step.required() ? 1 : 0;
        }
        mayTakeUnreadAtOnce = plain;
        for (int i = 0; i < count; i++) {
            unread[i] = written[i] > 1 && expected[i] < 0 && !observed[written[i]];
        }
        this.observed = observed;
        optional = java.util.stream.IntStream.range(0, count)
                .filter(i -> !steps.get(i).required() && written[i] >= 0)
                .toArray();
        queue = new StepQueue(steps);
    }

    private final boolean[] observed;

    private int code(String name) {
        Integer known = stateCodes.get(name);
        if (known != null) {
            return known;
        }
        stateCodes.put(name, stateNames.size());
        stateNames.add(name);
        return stateNames.size() - 1;
    }

    Verdict run() {
        List<Frame> frames = new ArrayList<>();
        frames.add(new Frame(0));
        while (!frames.isEmpty()) {
            Frame frame = frames.get(frames.size() - 1);
            List<int[]> alternatives = frame.alternatives;
            if (alternatives == null) {
                takeFittingReads();
                if (requiredLeft == 0) {
                    return Verdict.LINEARIZABLE;
                }
                if (seenCount >= statesMax) {
                    return Verdict.UNDECIDED;
                }
                alternatives = isNew() ? alternatives() : List.of();
                frame.alternatives = alternatives;
            }
            if (frame.next < alternatives.size()) {
                Frame after = new Frame(trailLength);
                for (int step : alternatives.get(frame.next++)) {
                    take(step);
                }
                frames.add(after);
            } else {
                undoTo(frame.trailLength);
                frames.remove(frames.size() - 1);
            }
        }
        return Verdict.VIOLATED;
    }

    /** What failed with fewer optional steps taken fails with more: there was more left to choose from. */
    private boolean isNew() {
        Taken key = new Taken(firstHash ^ mix(state + 1L), secondHash ^ mix(-state - 7L));
        List<BitSet> failed = seen.computeIfAbsent(key, ignored -> new ArrayList<>(1));
        for (BitSet fewer : failed) {
            BitSet rest = (BitSet) fewer.clone();
            rest.andNot(optionalTaken);
            if (rest.isEmpty()) {
                return false;
            }
        }
        failed.add((BitSet) optionalTaken.clone());
        seenCount++;
        return true;
    }

    private void takeFittingReads() {
        boolean changed = true;
        while (changed) {
            changed = false;
            int step = queue.firstCandidate();
            while (step >= 0) {
                int after = queue.nextCandidate(step);
                if (written[step] < 0 && fits(step)) {
                    take(step);
                    changed = true;
                }
                step = after;
            }
        }
    }

    private boolean fits(int step) {
        return expected[step] >= 0 ? state == expected[step] : steps.get(step).allows(stateNames.get(state));
    }

    private List<int[]> alternatives() {
        List<int[]> found = new ArrayList<>();
        boolean stateIsNeeded = state > 1 && readersLeft[state] > 0;
        for (int step = queue.firstCandidate(); step >= 0; step = queue.nextCandidate(step)) {
            if (fits(step)) {
                boolean isLastReader = expected[step] == state && readersLeft[state] == 1;
                if (!stateIsNeeded || isLastReader) {
                    if (unread[step]
                            && mayTakeUnreadAtOnce
                            && state > 1
                            && (!observed[state] || !optionalExpects(state))) {
                        return List.of(new int[] {step});
                    }
                    found.add(new int[] {step});
                }
            } else if (!stateIsNeeded) {
                addChains(step, new ArrayList<>(List.of(step)), found);
            }
        }
        return found;
    }

    private boolean optionalExpects(int wanted) {
        for (int step : optional) {
            if (!taken[step] && expected[step] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Adds every chain of optional steps that leads from the state to one in which {@code goal} fits. */
    private void addChains(int goal, List<Integer> chain, List<int[]> found) {
        if (chain.size() > CHAIN_MAX) {
            return;
        }
        long until = queue.firstReturn();
        for (int i = 0; i < optional.length; i++) {
            int step = optional[i];
            if (steps.get(step).invokedAt() > until || taken[step] || chain.contains(step)) {
                continue;
            }
            if (!steps.get(goal).allows(stateNames.get(written[step])) || hasEarlierTwin(i, chain)) {
                continue;
            }
            chain.add(0, step);
            if (fits(step)) {
                found.add(chain.stream().mapToInt(Integer::intValue).toArray());
            } else {
                addChains(step, chain, found);
            }
            chain.remove(0);
        }
    }

    /** Of steps that do the same and may happen any time from now, one is as good as the other. */
    private boolean hasEarlierTwin(int index, List<Integer> chain) {
        int step = optional[index];
        for (int i = 0; i < index; i++) {
            int other = optional[i];
            if (!taken[other]
                    && !chain.contains(other)
                    && written[other] == written[step]
                    && steps.get(other).guard() == steps.get(step).guard()
                    && steps.get(other).states().equals(steps.get(step).states())
                    && steps.get(other).invokedAt() <= steps.get(step).invokedAt()) {
                return true;
            }
        }
        return false;
    }

    private void take(int step) {
        trailSteps[trailLength] = step;
        trailStates[trailLength++] = state;
        toggle(step, -1);
        if (steps.get(step).required()) {
            queue.remove(step);
        }
        if (written[step] >= 0) {
            state = written[step];
        }
    }

    private void undoTo(int length) {
        while (trailLength > length) {
            int step = trailSteps[--trailLength];
            state = trailStates[trailLength];
            if (steps.get(step).required()) {
                queue.restore(step);
            }
            toggle(step, 1);
        }
    }

    private void toggle(int step, int sign) {
        taken[step] = sign < 0;
        if (!steps.get(step).required()) {
            optionalTaken.flip(step);
            return;
        }
        firstHash ^= mix(2L * step + 11);
        secondHash ^= mix(-2L * step - 10);
        requiredLeft += sign;
        if (expected[step] >= 0) {
            readersLeft[expected[step]] += sign;
        }
    }

    /** The finalizer of SplitMix64: near inputs get unrelated outputs. */
    private static long mix(long input) {
        long z = input * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
