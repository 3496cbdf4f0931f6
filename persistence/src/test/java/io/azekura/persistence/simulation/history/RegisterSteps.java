package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Translates a history into what it means for each key. Keys that are versioned are left out. */
final class RegisterSteps {

    /** What besides reads and writes of the key itself is taken into account. */
    enum With {
        /** A page reads every key of its range. */
        LISTINGS,
        /** Creating and deleting a bucket change the state of all its keys. */
        BUCKETS
    }

    private final Set<With> with;
    private final Contents contents;
    private final Map<KeyName, List<RegisterStep>> byKey =
            new TreeMap<>(java.util.Comparator.comparing(KeyName::bucket).thenComparing(KeyName::key));
    private final Set<KeyName> versioned = new HashSet<>();
    private final Map<String, List<Operation>> bucketOperations = new HashMap<>();
    private final Map<String, List<Operation>> completions = new LinkedHashMap<>();
    private final Map<String, KeyName> writers = new HashMap<>();
    private final Map<String, Operation> failedWrites = new HashMap<>();

    RegisterSteps(History history, Set<With> with) {
        this.with = with.isEmpty() ? Set.of() : EnumSet.copyOf(with);
        contents = new Contents(history);
        history.operations().forEach(this::add);
        completions.values().forEach(this::addCompletion);
        if (this.with.contains(With.LISTINGS)) {
            history.operations().forEach(this::addListing);
        }
        if (this.with.contains(With.BUCKETS)) {
            byKey.forEach((key, steps) -> bucketOperations
                    .getOrDefault(key.bucket(), List.of())
                    .forEach(operation -> addBucket(operation, steps)));
        }
        byKey.keySet().removeAll(versioned);
    }

    Map<KeyName, List<RegisterStep>> byKey() {
        return byKey;
    }

    Contents contents() {
        return contents;
    }

    Map<String, Operation> failedWrites() {
        return failedWrites;
    }

    /** The key at which a value was written, or would have been. */
    Map<String, KeyName> writers() {
        return writers;
    }

    private void add(Operation operation) {
        Call call = operation.call();
        if (call instanceof Call.BucketCreate create) {
            bucketOperations
                    .computeIfAbsent(create.bucket(), ignored -> new ArrayList<>())
                    .add(operation);
        } else if (call instanceof Call.BucketDelete delete) {
            bucketOperations
                    .computeIfAbsent(delete.bucket(), ignored -> new ArrayList<>())
                    .add(operation);
        } else if (call instanceof Call.OnKey onKey) {
            addOnKey(operation, onKey, new KeyName(onKey.bucket(), onKey.key()));
        }
    }

    private void addOnKey(Operation operation, Call.OnKey call, KeyName key) {
        if (call instanceof Call.VersionPut || call instanceof Call.VersionMark) {
            versioned.add(key);
        }
        String written = Contents.written(call);
        if (written != null && !(call instanceof Call.UploadComplete) && writers.put(written, key) != null) {
            throw new IllegalArgumentException("value " + written + " is written twice: " + operation);
        }
        if (operation.isFailed()) {
            if (written != null) {
                failedWrites.put(written, operation);
            }
        } else if (call instanceof Call.Copy copy) {
            addCopy(operation, copy, key);
        } else if (operation.result(Result.Refusal.class).isPresent()) {
            addRefusal(operation, call, key);
        } else if (call instanceof Call.UploadComplete complete) {
            writers.put(complete.composite(), key);
            completions
                    .computeIfAbsent(complete.upload(), ignored -> new ArrayList<>())
                    .add(operation);
        } else {
            addPlain(operation, call, key);
        }
    }

    private void addPlain(Operation operation, Call.OnKey call, KeyName key) {
        if (call instanceof Call.Put put) {
            put(key, RegisterStep.write(operation, put.value()));
        } else if (call instanceof Call.PutIfAbsent put) {
            put(key, RegisterStep.change(operation, RegisterStep.NONE, put.value()));
        } else if (call instanceof Call.PutIfMatch put) {
            put(key, RegisterStep.change(operation, put.expected(), put.value()));
        } else if (call instanceof Call.Delete) {
            put(key, RegisterStep.write(operation, RegisterStep.NONE));
        } else if ((call instanceof Call.Get || call instanceof Call.Head) && operation.isOk()) {
            put(
                    key,
                    RegisterStep.read(
                            operation,
                            operation
                                    .result(Result.Found.class)
                                    .map(Result.Found::value)
                                    .orElse(RegisterStep.NONE)));
        }
    }

    private void addRefusal(Operation operation, Call.OnKey call, KeyName key) {
        Result.Refusal refusal = operation.result(Result.Refusal.class).orElseThrow();
        String written = Contents.written(call);
        if (written != null) {
            failedWrites.put(written, operation);
        }
        if (refusal == Result.Refusal.NO_SUCH_BUCKET) {
            if (with.contains(With.BUCKETS)) {
                put(key, RegisterStep.read(operation, RegisterStep.NO_BUCKET));
            }
        } else if (call instanceof Call.PutIfAbsent) {
            put(key, RegisterStep.readOther(operation, RegisterStep.NONE));
        } else if (call instanceof Call.PutIfMatch put) {
            put(
                    key,
                    refusal == Result.Refusal.NO_SUCH_KEY
                            ? RegisterStep.read(operation, RegisterStep.NONE)
                            : RegisterStep.readOther(operation, put.expected()));
        }
    }

    private void addCopy(Operation operation, Call.Copy copy, KeyName key) {
        KeyName source = new KeyName(copy.sourceBucket(), copy.sourceKey());
        if (operation.result(Result.Refusal.class).isPresent()) {
            failedWrites.put(copy.value(), operation);
            if (operation.result(Result.Refusal.class).orElseThrow() == Result.Refusal.NO_SUCH_KEY) {
                put(source, RegisterStep.read(operation, RegisterStep.NONE));
            }
            return;
        }
        put(key, RegisterStep.write(operation, copy.value()));
        String content = contents.of(copy.value());
        Operation reader = contents.firstReader(copy.value());
        if (content != null && (operation.isOk() || reader != null)) {
            long end = operation.isOk() || reader == null ? operation.endsAt() : reader.returnedAt();
            put(
                    source,
                    new RegisterStep(
                            operation,
                            operation.invokedAt(),
                            Math.max(end, operation.invokedAt()),
                            true,
                            RegisterStep.Guard.ONE_OF,
                            contents.valuesWith(source, content),
                            null));
        }
    }

    /**
     * All completions of an upload that can have written the same value are one write: the first one to take effect did so
     * after the first was invoked, and before the first that succeeded returned.
     */
    private void addCompletion(List<Operation> operations) {
        long end = operations.stream().mapToLong(Operation::endsAt).min().orElseThrow();
        Set<String> answers = new HashSet<>();
        operations.forEach(operation ->
                operation.result(Result.Completed.class).ifPresent(completed -> answers.add(completed.value())));
        Map<String, Operation> firsts = new LinkedHashMap<>();
        for (Operation operation : operations) {
            String composite = ((Call.UploadComplete) operation.call()).composite();
            if (answers.isEmpty() || answers.contains(composite)) {
                firsts.putIfAbsent(composite, operation);
            }
        }
        firsts.forEach((composite, first) -> {
            Call.UploadComplete call = (Call.UploadComplete) first.call();
            put(
                    new KeyName(call.bucket(), call.key()),
                    new RegisterStep(
                            first,
                            first.invokedAt(),
                            Math.max(end, first.invokedAt()),
                            end != Operation.NEVER,
                            RegisterStep.Guard.NONE_OF,
                            Set.of(),
                            composite));
        });
    }

    private void addListing(Operation operation) {
        if (!(operation.call() instanceof Call.ListKeys list)) {
            return;
        }
        operation.result(Result.Page.class).ifPresent(page -> {
            Map<String, String> shown = new HashMap<>();
            page.entries().forEach(entry -> shown.put(entry.key(), entry.value()));
            shown.keySet()
                    .forEach(key ->
                            byKey.computeIfAbsent(new KeyName(list.bucket(), key), ignored -> new ArrayList<>()));
            String last = page.truncated() && !page.entries().isEmpty()
                    ? page.entries().get(page.entries().size() - 1).key()
                    : "";
            byKey.forEach((key, steps) -> {
                if (key.bucket().equals(list.bucket())
                        && key.key().startsWith(list.prefix())
                        && KeyName.BY_BYTES.compare(key.key(), list.startAfter()) > 0
                        && (last.isEmpty() || KeyName.BY_BYTES.compare(key.key(), last) <= 0)) {
                    steps.add(page(operation, shown.getOrDefault(key.key(), RegisterStep.NONE)));
                }
            });
        });
    }

    /** A page of a bucket that is gone is empty, when who asks does not know yet. */
    private RegisterStep page(Operation operation, String shown) {
        RegisterStep read = RegisterStep.read(operation, shown);
        return shown.equals(RegisterStep.NONE) && with.contains(With.BUCKETS)
                ? read.withStates(Set.of(RegisterStep.NONE, RegisterStep.NO_BUCKET))
                : read;
    }

    private static void addBucket(Operation operation, List<RegisterStep> steps) {
        if (operation.mayHaveTakenEffect()) {
            steps.add(
                    operation.call() instanceof Call.BucketCreate
                            ? RegisterStep.change(operation, RegisterStep.NO_BUCKET, RegisterStep.NONE)
                            : RegisterStep.change(operation, RegisterStep.NONE, RegisterStep.NO_BUCKET));
        }
    }

    private void put(KeyName key, RegisterStep step) {
        byKey.computeIfAbsent(key, ignored -> new ArrayList<>()).add(step);
    }
}
