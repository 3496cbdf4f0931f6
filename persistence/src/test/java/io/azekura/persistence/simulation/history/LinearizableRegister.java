package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Every key of an unversioned bucket behaves as if operations happened one after the other, each at one moment between its
 * invocation and its return. A copy is a read of its source and a write of its destination, each judged at its key.
 */
public final class LinearizableRegister implements HistoryChecker {

    @Override
    public List<Violation> check(History history) {
        RegisterSteps steps = new RegisterSteps(history, Set.of());
        List<Violation> violations = new ArrayList<>(steps.contents().violations());
        steps.byKey()
                .forEach((key, ofKey) -> violations.addAll(
                        new RegisterJudge(key, ofKey, RegisterStep.NONE, steps.failedWrites()).judge()));
        return violations;
    }
}
