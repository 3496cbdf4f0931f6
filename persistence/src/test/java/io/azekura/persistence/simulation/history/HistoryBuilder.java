package io.azekura.persistence.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Writes a history down by hand. */
final class HistoryBuilder {

    private final List<Operation> operations = new ArrayList<>();

    HistoryBuilder ok(long from, long to, Call call, Result result) {
        return add(from, to, call, new Outcome.Ok(result));
    }

    HistoryBuilder ok(long from, long to, Call call) {
        return ok(from, to, call, Result.Done.DONE);
    }

    HistoryBuilder none(long from, long to, Call call) {
        return ok(from, to, call, Result.Missing.MISSING);
    }

    HistoryBuilder found(long from, long to, Call call, String value) {
        return ok(from, to, call, new Result.Found(value, null));
    }

    HistoryBuilder failed(long from, long to, Call call) {
        return add(from, to, call, new Outcome.Failed("refused"));
    }

    HistoryBuilder unknown(long from, long to, Call call) {
        return add(from, to, call, Outcome.Unknown.UNKNOWN);
    }

    private HistoryBuilder add(long from, long to, Call call, Outcome outcome) {
        int id = operations.size();
        operations.add(new Operation(id, "c" + id, from, to, call, outcome));
        return this;
    }

    History build() {
        return new History(operations);
    }

    void isCorrect() {
        assertEquals(List.of(), HistoryChecker.checkAll(build()));
    }

    /** Exactly this promise is broken, and the operations that show it are named. */
    void breaks(Violation.Kind kind) {
        List<Violation> violations = HistoryChecker.checkAll(build());
        Set<Violation.Kind> kinds = EnumSet.noneOf(Violation.Kind.class);
        violations.forEach(violation -> kinds.add(violation.kind()));
        assertEquals(Set.of(kind), kinds, () -> violations + "\n" + build());
        assertTrue(violations.stream()
                .allMatch(violation -> !violation.operations().isEmpty()));
    }

    /** This promise is broken, and perhaps others with it. */
    void breaksAtLeast(Violation.Kind kind) {
        List<Violation> violations = HistoryChecker.checkAll(build());
        assertTrue(
                violations.stream().anyMatch(violation -> violation.kind() == kind), () -> violations + "\n" + build());
    }
}
