package io.azekura.persistence.simulation.history;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Lays a history out for the eye: one line per operation, by time, key after key. */
public final class HistoryPrinter {

    private HistoryPrinter() {}

    /** The whole history; a copy is shown with its source and with its destination. */
    public static String print(History history) {
        Map<String, StringBuilder> groups = new TreeMap<>();
        for (Operation operation : history.operations()) {
            add(groups, subject(operation.call()), operation);
            if (operation.call() instanceof Call.Copy copy) {
                add(groups, "key " + copy.sourceBucket() + "/" + copy.sourceKey(), operation);
            }
        }
        StringBuilder text = new StringBuilder();
        groups.forEach((subject, lines) -> text.append(subject).append('\n').append(lines));
        return text.toString();
    }

    /** One operation on one line. */
    public static String line(Operation operation) {
        String until = operation.returnedAt() == Operation.NEVER ? "never" : Long.toString(operation.returnedAt());
        return String.format(
                Locale.ROOT,
                "[%6d .. %6s] %-4s #%-4d %s -> %s",
                operation.invokedAt(),
                until,
                operation.client(),
                operation.id(),
                describe(operation.call()),
                describe(operation.outcome()));
    }

    private static void add(Map<String, StringBuilder> groups, String subject, Operation operation) {
        groups.computeIfAbsent(subject, ignored -> new StringBuilder())
                .append("  ")
                .append(line(operation))
                .append('\n');
    }

    static String subject(Call call) {
        if (call instanceof Call.OnKey onKey) {
            return "key " + onKey.bucket() + "/" + onKey.key();
        }
        if (call instanceof Call.OnJournal onJournal) {
            return "journal " + onJournal.pid();
        }
        if (call instanceof Call.ListKeys list) {
            return "bucket " + list.bucket();
        }
        return call instanceof Call.BucketCreate create
                ? "bucket " + create.bucket()
                : "bucket " + ((Call.BucketDelete) call).bucket();
    }

    private static String describe(Call call) {
        return call.toString();
    }

    private static String describe(Outcome outcome) {
        if (outcome instanceof Outcome.Ok ok) {
            return ok.result().toString();
        }
        return outcome instanceof Outcome.Failed failed ? "failed: " + failed.reason() : "unknown";
    }
}
