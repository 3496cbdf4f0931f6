package io.azekura.persistence.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Histories of a store that does one thing after the other are correct in every checker's eyes. */
class GeneratedHistoriesPropertyTest {

    private static void isCorrect(History history, int seed) {
        assertEquals(List.of(), HistoryChecker.checkAll(history), () -> "seed " + seed + "\n" + history);
    }

    @Test
    void ofObjectsAreCorrect() {
        for (int seed = 0; seed < 1_000; seed++) {
            int keys = 1 + seed % 3;
            isCorrect(new HistoryGenerator(seed, keys, seed % 4 * 10).objects(60, 1 + seed % 40), seed);
        }
    }

    @Test
    void ofEverythingAreCorrect() {
        for (int seed = 0; seed < 1_000; seed++) {
            isCorrect(new HistoryGenerator(seed, 3, seed % 4 * 10).everything(120, 1 + seed % 40), seed);
        }
    }

    @Test
    void falsifiedOnesAreMostlyCaught() {
        Map<String, int[]> caughtOf = new TreeMap<>();
        for (int seed = 0; seed < 1_000; seed++) {
            History history = new HistoryGenerator(seed, 3, 5).everything(120, 8);
            HistoryMutator mutator = new HistoryMutator(new Random(seed), history);
            mutator.mutate().ifPresent(mutated -> {
                int[] counts = caughtOf.computeIfAbsent(changed(history, mutated), ignored -> new int[2]);
                counts[HistoryChecker.checkAll(mutated).isEmpty() ? 0 : 1]++;
            });
        }
        caughtOf.forEach((what, counts) ->
                assertTrue(counts[1] > counts[0], what + ": " + counts[1] + " caught, " + counts[0] + " not"));
    }

    private static String changed(History history, History mutated) {
        for (int i = 0; i < history.operations().size(); i++) {
            Operation operation = history.operations().get(i);
            if (!operation.equals(mutated.operations().get(i))) {
                return operation.call().getClass().getSimpleName();
            }
        }
        return "nothing";
    }

    @Test
    void falsifiedRegistersAreJudgedAsBruteForceJudgesThem() {
        int[] counts = new int[2];
        for (int seed = 0; seed < 3_000; seed++) {
            History history = new HistoryGenerator(seed, 1, seed % 3 * 10).objects(9, 1 + seed % 20);
            History judged = seed % 5 == 0
                    ? history
                    : new HistoryMutator(new Random(seed), history).mutate().orElse(history);
            boolean correct = new RegisterSteps(judged, Set.of())
                    .byKey().values().stream()
                            .allMatch(steps -> BruteForceRegister.isLinearizable(steps, RegisterStep.NONE));
            List<Violation> violations = new LinearizableRegister()
                    .check(judged).stream()
                            .filter(violation -> violation.kind() != Violation.Kind.WRONG_CONTENT)
                            .toList();
            int shown = seed;
            assertEquals(correct, violations.isEmpty(), () -> "seed " + shown + " " + violations + "\n" + judged);
            counts[correct ? 1 : 0]++;
        }
        assertTrue(counts[0] > 500 && counts[1] > 500, counts[0] + " wrong, " + counts[1] + " right");
    }

    /** A campaign's history has to be judged in seconds, or nobody judges it. */
    @Test
    void aHundredThousandOperationsTakeSeconds() {
        History history = new HistoryGenerator(1, 1_000, 5).objects(100_000, 400);
        assertTimeout(Duration.ofSeconds(30), () -> isCorrect(history, 1));
        History onFewKeys = new HistoryGenerator(2, 5, 2).objects(10_000, 40);
        assertTimeout(Duration.ofSeconds(30), () -> isCorrect(onFewKeys, 2));
    }
}
