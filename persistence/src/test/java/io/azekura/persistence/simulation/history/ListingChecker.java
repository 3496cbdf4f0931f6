package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.RegisterSteps.With;
import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A page is a read of every key of its range, each at its own moment between the page's invocation and return: what was
 * acknowledged before is shown, what was deleted before is not, and a value that is shown was current. Keys that go wrong
 * without listings are left to {@link LinearizableRegister}.
 */
public final class ListingChecker implements HistoryChecker {

    @Override
    public List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        history.operations().forEach(operation -> checkForm(operation, violations));
        RegisterSteps steps = new RegisterSteps(history, Set.of(With.LISTINGS));
        steps.byKey().forEach((key, ofKey) -> violations.addAll(checkKey(key, ofKey, steps.failedWrites())));
        return violations;
    }

    private static void checkForm(Operation operation, List<Violation> violations) {
        if (!(operation.call() instanceof Call.ListKeys list)) {
            return;
        }
        operation.result(Result.Page.class).ifPresent(page -> {
            String last = list.startAfter();
            for (Result.Entry entry : page.entries()) {
                if (KeyName.BY_BYTES.compare(entry.key(), last) <= 0
                        || !entry.key().startsWith(list.prefix())) {
                    violations.add(Violation.of(
                            Kind.MALFORMED_PAGE,
                            "bucket " + list.bucket(),
                            entry.key() + " is out of place",
                            operation));
                    return;
                }
                last = entry.key();
            }
        });
    }

    private static List<Violation> checkKey(KeyName key, List<RegisterStep> steps, Map<String, Operation> failed) {
        List<RegisterStep> pages = steps.stream().filter(ListingChecker::isPage).toList();
        if (pages.isEmpty()) {
            return List.of();
        }
        List<Violation> together = new RegisterJudge(key, steps, RegisterStep.NONE, failed).judge();
        if (together.isEmpty()) {
            return List.of();
        }
        List<RegisterStep> alone = steps.stream().filter(step -> !isPage(step)).toList();
        if (!new RegisterJudge(key, alone, RegisterStep.NONE, failed).judge().isEmpty()) {
            return List.of();
        }
        List<Violation> violations = new ArrayList<>();
        for (RegisterStep page : pages) {
            List<RegisterStep> one = new ArrayList<>(alone);
            one.add(page);
            new RegisterJudge(key, one, RegisterStep.NONE, failed)
                    .judge().stream().findFirst().ifPresent(found -> violations.add(name(found, page, alone)));
        }
        if (violations.isEmpty()) {
            Violation found = together.get(0);
            violations.add(new Violation(
                    Kind.PAGES_DISAGREE, found.subject(), "pages contradict one another", found.operations()));
        }
        return violations;
    }

    private static boolean isPage(RegisterStep step) {
        return step.operation().call() instanceof Call.ListKeys;
    }

    private static Violation name(Violation found, RegisterStep page, List<RegisterStep> others) {
        Map<String, RegisterStep> writes = new HashMap<>();
        others.forEach(step -> writes.put(String.valueOf(step.written()), step));
        String shown = String.valueOf(page.expected());
        Kind kind;
        if (found.kind() == Kind.UNDECIDED) {
            kind = Kind.UNDECIDED;
        } else if (shown.equals(RegisterStep.NONE)) {
            kind = Kind.MISSING_ENTRY;
        } else if (!writes.containsKey(shown) || found.kind() != Kind.STALE_READ) {
            kind = Kind.PHANTOM_ENTRY;
        } else {
            kind = Kind.STALE_ENTRY;
        }
        return new Violation(kind, found.subject(), "the page shows " + shown, found.operations());
    }
}
