package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * In a versioned bucket an acknowledged version stays until it is deleted by its id, a deleted one never returns, no version
 * changes, they are listed newest first in the order in which they were written, and a read without an id shows the newest.
 */
public final class VersionChecker implements HistoryChecker {

    @Override
    public List<Violation> check(History history) {
        Map<String, List<Operation>> byKey = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.call() instanceof Call.OnKey call) {
                byKey.computeIfAbsent(call.bucket() + "/" + call.key(), ignored -> new ArrayList<>())
                        .add(operation);
            }
        }
        List<Violation> violations = new ArrayList<>();
        byKey.forEach((key, operations) -> {
            if (operations.stream().anyMatch(VersionChecker::isOfVersions)) {
                violations.addAll(new VersionJudge(key, operations).judge());
            }
        });
        return violations;
    }

    private static boolean isOfVersions(Operation operation) {
        Call call = operation.call();
        return call instanceof Call.VersionPut || call instanceof Call.VersionMark || call instanceof Call.VersionList;
    }
}
