package io.azekura.persistence.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.simulation.history.RegisterSearch.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Search, zones and brute force say the same of random small histories, right and wrong. */
class RegisterSearchPropertyTest {

    private static final Call CALL = new Call.Get("b", "k");

    private static RegisterStep step(
            Random random, int id, RegisterStep.Guard guard, Set<String> states, String written, int span) {
        long from = random.nextInt(span);
        boolean required = written.isEmpty() || random.nextInt(4) > 0;
        long to = required ? from + random.nextInt(span / 2 + 1) : Operation.NEVER;
        Operation operation = new Operation(
                id, "c", from, to, CALL, required ? new Outcome.Ok(Result.Done.DONE) : Outcome.Unknown.UNKNOWN);
        return new RegisterStep(operation, from, to, required, guard, states, written.isEmpty() ? null : written);
    }

    private static String anyState(Random random, int values, boolean withBucket) {
        int choice = random.nextInt(values + (withBucket ? 3 : 2));
        return choice < values ? "v" + choice : choice <= values + 1 ? RegisterStep.NONE : RegisterStep.NO_BUCKET;
    }

    /** Anything that can be: conditions, refusals, deletes, copies, buckets, unknown outcomes. */
    private static List<RegisterStep> anySteps(Random random, boolean withBucket) {
        int count = 2 + random.nextInt(6);
        int span = 4 + random.nextInt(16);
        int values = 0;
        List<RegisterStep> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String state = anyState(random, 4, withBucket);
            switch (random.nextInt(withBucket ? 10 : 8)) {
                case 0, 1 -> steps.add(step(random, i, RegisterStep.Guard.NONE_OF, Set.of(), "v" + values++, span));
                case 2 -> steps.add(step(random, i, RegisterStep.Guard.ONE_OF, Set.of(state), "v" + values++, span));
                case 3 -> steps.add(step(random, i, RegisterStep.Guard.NONE_OF, Set.of(), RegisterStep.NONE, span));
                case 4 -> steps.add(step(random, i, RegisterStep.Guard.NONE_OF, Set.of(state), "", span));
                case 5 ->
                    steps.add(step(
                            random, i, RegisterStep.Guard.ONE_OF, Set.of("v" + random.nextInt(2), "v3"), "", span));
                case 8 ->
                    steps.add(step(
                            random,
                            i,
                            RegisterStep.Guard.ONE_OF,
                            Set.of(RegisterStep.NONE),
                            RegisterStep.NO_BUCKET,
                            span));
                case 9 ->
                    steps.add(step(
                            random,
                            i,
                            RegisterStep.Guard.ONE_OF,
                            Set.of(RegisterStep.NO_BUCKET),
                            RegisterStep.NONE,
                            span));
                default -> steps.add(step(random, i, RegisterStep.Guard.ONE_OF, Set.of(state), "", span));
            }
        }
        return steps;
    }

    private static List<RegisterStep> plainSteps(Random random) {
        int count = 2 + random.nextInt(6);
        int span = 4 + random.nextInt(16);
        List<RegisterStep> steps = new ArrayList<>();
        int values = 0;
        for (int i = 0; i < count; i++) {
            if (random.nextInt(2) == 0) {
                steps.add(step(random, i, RegisterStep.Guard.NONE_OF, Set.of(), "v" + values++, span));
            }
        }
        for (int i = 0; i < count && values > 0; i++) {
            String state = random.nextInt(5) == 0 ? RegisterStep.NONE : "v" + random.nextInt(values);
            RegisterStep read = step(random, 100 + i, RegisterStep.Guard.ONE_OF, Set.of(state), "", span);
            boolean future = steps.stream().anyMatch(write -> state.equals(write.written()) && read.isBefore(write));
            if (!future) {
                steps.add(read);
            }
        }
        return steps;
    }

    private static boolean search(List<RegisterStep> steps, String initial) {
        Verdict verdict = new RegisterSearch(steps, initial, 100_000).run();
        assertTrue(verdict != Verdict.UNDECIDED);
        return verdict == Verdict.LINEARIZABLE;
    }

    @Test
    void searchAgreesWithBruteForce() {
        int[] counts = new int[2];
        for (int seed = 0; seed < 15_000; seed++) {
            Random random = new Random(seed);
            boolean withBucket = seed % 3 == 0;
            List<RegisterStep> steps = anySteps(random, withBucket);
            String initial = withBucket && random.nextBoolean() ? RegisterStep.NO_BUCKET : RegisterStep.NONE;
            boolean expected = BruteForceRegister.isLinearizable(steps, initial);
            counts[expected ? 1 : 0]++;
            int shown = seed;
            assertEquals(expected, search(steps, initial), () -> "seed " + shown + " " + initial + " " + steps);
        }
        assertTrue(counts[0] > 1_000 && counts[1] > 1_000, counts[0] + " wrong, " + counts[1] + " right");
    }

    @Test
    void zonesAgreeWithSearchAndBruteForce() {
        int[] counts = new int[2];
        for (int seed = 0; seed < 15_000; seed++) {
            List<RegisterStep> steps = plainSteps(new Random(seed));
            assertTrue(ZoneCheck.applies(steps));
            boolean expected = BruteForceRegister.isLinearizable(steps, RegisterStep.NONE);
            counts[expected ? 1 : 0]++;
            int shown = seed;
            assertEquals(expected, search(steps, RegisterStep.NONE), () -> "search, seed " + shown + " " + steps);
            assertEquals(expected, ZoneCheck.conflict(steps).isEmpty(), () -> "zones, seed " + shown + " " + steps);
        }
        assertTrue(counts[0] > 1_000 && counts[1] > 1_000, counts[0] + " wrong, " + counts[1] + " right");
    }
}
