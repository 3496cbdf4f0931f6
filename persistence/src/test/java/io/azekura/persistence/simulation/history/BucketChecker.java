package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.RegisterSteps.With;
import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A bucket is deleted only when it is empty, nothing is acknowledged in a bucket that is not there, and a bucket that is
 * created again begins empty.
 *
 * <p>What a page shows counts as read, too, so that a write of unknown outcome which somebody saw is known to have happened.
 *
 * <p>For each key creation and deletion of its bucket are steps of that key: deletion needs that there is nothing. Keys that
 * go wrong without them are left to {@link LinearizableRegister} and {@link ListingChecker}. Whether the bucket was there at the beginning is not in the
 * history; either will do.
 */
public final class BucketChecker implements HistoryChecker {

    @Override
    public List<Violation> check(History history) {
        RegisterSteps steps = new RegisterSteps(history, Set.of(With.BUCKETS, With.LISTINGS));
        List<Violation> violations = new ArrayList<>();
        steps.byKey().forEach((key, ofKey) -> {
            List<RegisterStep> alone =
                    ofKey.stream().filter(step -> !isOfBucket(step)).toList();
            if (alone.size() == ofKey.size()) {
                return;
            }
            List<Violation> found = judge(key, ofKey, RegisterStep.NO_BUCKET, steps);
            if (!found.isEmpty()) {
                found = judge(key, ofKey, RegisterStep.NONE, steps);
            }
            if (!found.isEmpty() && judge(key, alone, RegisterStep.NONE, steps).isEmpty()) {
                found.forEach(violation -> violations.add(new Violation(
                        violation.kind() == Kind.UNDECIDED ? Kind.UNDECIDED : Kind.LOST_WITH_BUCKET,
                        violation.subject(),
                        violation.explanation() + ", given when the bucket was there",
                        violation.operations())));
            }
        });
        return violations;
    }

    private static List<Violation> judge(KeyName key, List<RegisterStep> ofKey, String initial, RegisterSteps steps) {
        return new RegisterJudge(key, ofKey, initial, steps.failedWrites()).judge();
    }

    private static boolean isOfBucket(RegisterStep step) {
        Call call = step.operation().call();
        return call instanceof Call.BucketCreate
                || call instanceof Call.BucketDelete
                || step.expects(RegisterStep.NO_BUCKET);
    }
}
