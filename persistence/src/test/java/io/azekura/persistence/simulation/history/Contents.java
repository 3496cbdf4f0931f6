package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which bytes belong to which value: a put's are the value itself, a copy's are known once somebody saw them. */
final class Contents {

    private final Map<String, String> byValue = new HashMap<>();
    private final Map<String, Operation> firstSeenBy = new HashMap<>();
    private final Map<String, Set<String>> copiesOfUnknownContent = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Set<String>> valuesByContent = new HashMap<>();

    Contents(History history) {
        for (Operation operation : history.operations()) {
            String written = written(operation.call());
            if (written != null && !(operation.call() instanceof Call.Copy)) {
                byValue.put(written, written);
            } else if (written != null) {
                operation.result(Result.Copied.class).ifPresent(copied -> byValue.put(written, copied.content()));
            }
        }
        history.operations().forEach(this::see);
        byValue.forEach((value, content) -> valuesByContent
                .computeIfAbsent(content, ignored -> new HashSet<>())
                .add(value));
        for (Operation operation : history.operations()) {
            if (operation.call() instanceof Call.Copy copy && !byValue.containsKey(copy.value())) {
                copiesOfUnknownContent
                        .computeIfAbsent(copy.bucket() + "/" + copy.key(), ignored -> new HashSet<>())
                        .add(copy.value());
            }
        }
    }

    static @Nullable String written(Call call) {
        if (call instanceof Call.Put put) {
            return put.value();
        }
        if (call instanceof Call.PutIfAbsent put) {
            return put.value();
        }
        if (call instanceof Call.PutIfMatch put) {
            return put.value();
        }
        if (call instanceof Call.Copy copy) {
            return copy.value();
        }
        if (call instanceof Call.VersionPut put) {
            return put.value();
        }
        return call instanceof Call.UploadComplete complete ? complete.composite() : null;
    }

    private void see(Operation operation) {
        operation.result(Result.Found.class).ifPresent(found -> {
            String content = found.content();
            if (content == null) {
                return;
            }
            String known = byValue.putIfAbsent(found.value(), content);
            Operation first = firstSeenBy.putIfAbsent(found.value(), operation);
            if (known != null && !known.equals(content)) {
                String explanation =
                        "value " + found.value() + " has the bytes of " + known + ", but " + content + " came";
                violations.add(new Violation(
                        Violation.Kind.WRONG_CONTENT,
                        HistoryPrinter.subject(operation.call()),
                        explanation,
                        first == null ? List.of(operation) : List.of(first, operation)));
            }
        });
    }

    /** The content that was seen of a copy whose end is unknown, and when; null if nobody saw it. */
    @Nullable
    Operation firstReader(String value) {
        return firstSeenBy.get(value);
    }

    @Nullable
    String of(String value) {
        return byValue.get(value);
    }

    /** The values that can have shown these bytes at a key. */
    Set<String> valuesWith(KeyName key, String content) {
        Set<String> values = new HashSet<>(valuesByContent.getOrDefault(content, Set.of()));
        values.addAll(copiesOfUnknownContent.getOrDefault(key.toString(), Set.of()));
        return values;
    }

    List<Violation> violations() {
        return violations;
    }
}
