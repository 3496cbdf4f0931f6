package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Of two incarnations exactly one wins each sequence number; what was acknowledged or once replayed is replayed by every
 * later replay, whole, in order and without a gap, until it is deleted; deletion leaves the highest number.
 */
public final class JournalChecker implements HistoryChecker {

    @Override
    public List<Violation> check(History history) {
        Map<String, List<Operation>> byPid = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.call() instanceof Call.OnJournal call) {
                byPid.computeIfAbsent(call.pid(), ignored -> new ArrayList<>()).add(operation);
            }
        }
        List<Violation> violations = new ArrayList<>();
        byPid.forEach((pid, operations) -> violations.addAll(new JournalJudge(pid, operations).judge()));
        return violations;
    }

    static Violation violation(Kind kind, String pid, String explanation, List<Operation> operations) {
        return new Violation(
                kind,
                "journal " + pid,
                explanation,
                operations.stream().distinct().toList());
    }
}
