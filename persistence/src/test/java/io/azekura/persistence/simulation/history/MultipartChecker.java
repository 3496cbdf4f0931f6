package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An upload appears as a whole or not at all, as the parts its completion named; repeated completions answer the same; an
 * upload whose abortion was acknowledged is never completed. When its value is visible is for {@link LinearizableRegister}.
 */
public final class MultipartChecker implements HistoryChecker {

    private static final class Upload {
        final List<Operation> parts = new ArrayList<>();
        final List<Operation> completions = new ArrayList<>();
        final List<Operation> aborts = new ArrayList<>();
    }

    @Override
    public List<Violation> check(History history) {
        Map<String, Upload> uploads = new TreeMap<>();
        Map<String, Operation> partValues = new HashMap<>();
        Map<String, Operation> composites = new LinkedHashMap<>();
        for (Operation operation : history.operations()) {
            Call call = operation.call();
            if (call instanceof Call.UploadPart part) {
                of(uploads, part.upload()).parts.add(operation);
                partValues.put(part.value(), operation);
            } else if (call instanceof Call.UploadComplete complete) {
                of(uploads, complete.upload()).completions.add(operation);
                if (operation.mayHaveTakenEffect()) {
                    composites.putIfAbsent(complete.composite(), operation);
                }
            } else if (call instanceof Call.UploadAbort abort) {
                of(uploads, abort.upload()).aborts.add(operation);
            }
        }
        List<Violation> violations = new ArrayList<>();
        history.operations().forEach(operation -> checkRead(operation, partValues, composites, violations));
        uploads.forEach((name, upload) -> {
            checkSameAnswer(name, upload, violations);
            checkAborts(name, upload, history, violations);
            upload.completions.forEach(completion -> checkParts(name, completion, upload, violations));
        });
        return violations;
    }

    private static Upload of(Map<String, Upload> uploads, String name) {
        return uploads.computeIfAbsent(name, ignored -> new Upload());
    }

    private static void checkRead(
            Operation read,
            Map<String, Operation> partValues,
            Map<String, Operation> composites,
            List<Violation> violations) {
        read.result(Result.Found.class).ifPresent(found -> {
            String seen = found.content() == null ? found.value() : found.content();
            for (String piece : seen.split("\\+", -1)) {
                Operation part = partValues.get(piece);
                if (part != null && !composites.containsKey(seen)) {
                    violations.add(violation(
                            Kind.HALF_UPLOAD,
                            ((Call.UploadPart) part.call()).upload(),
                            seen + " was seen",
                            part,
                            read));
                    return;
                }
            }
        });
    }

    private static void checkSameAnswer(String name, Upload upload, List<Violation> violations) {
        List<Operation> answered = upload.completions.stream()
                .filter(completion -> completion.result(Result.Completed.class).isPresent())
                .toList();
        for (Operation completion : answered) {
            Operation first = answered.get(0);
            if (!first.outcome().equals(completion.outcome())) {
                violations.add(violation(Kind.COMPLETION_CHANGED, name, "answers differ", first, completion));
                return;
            }
        }
        boolean named = answered.stream().allMatch(answer -> upload.completions.stream()
                .filter(completion -> !answer.isBefore(completion))
                .filter(Operation::mayHaveTakenEffect)
                .map(completion -> ((Call.UploadComplete) completion.call()).composite())
                .anyMatch(composite -> composite.equals(
                        answer.result(Result.Completed.class).orElseThrow().value())));
        if (!named) {
            violations.add(new Violation(
                    Kind.COMPLETION_CHANGED, "upload " + name, "the answer is of parts that nobody named", answered));
        }
    }

    /** An abort that comes after a completion changes nothing; one that comes before all of them forbids them. */
    private static void checkAborts(String name, Upload upload, History history, List<Violation> violations) {
        for (Operation abort : upload.aborts) {
            boolean early = abort.tookEffect()
                    && upload.completions.stream()
                            .filter(Operation::mayHaveTakenEffect)
                            .allMatch(abort::isBefore);
            if (!early) {
                continue;
            }
            upload.completions.stream()
                    .filter(Operation::tookEffect)
                    .findFirst()
                    .ifPresent(completion -> violations.add(
                            violation(Kind.COMPLETED_AFTER_ABORT, name, "the upload was aborted", abort, completion)));
            for (Operation completion : upload.completions) {
                String composite = ((Call.UploadComplete) completion.call()).composite();
                history.operations().stream()
                        .filter(read -> read.result(Result.Found.class)
                                .filter(found -> found.value().equals(composite))
                                .isPresent())
                        .findFirst()
                        .filter(read -> completion.isUnknown())
                        .ifPresent(read -> violations.add(violation(
                                Kind.COMPLETED_AFTER_ABORT, name, "the upload was aborted", abort, completion, read)));
            }
        }
    }

    private static void checkParts(String name, Operation completion, Upload upload, List<Violation> violations) {
        if (!completion.tookEffect()) {
            return;
        }
        for (Call.NamedPart named : ((Call.UploadComplete) completion.call()).parts()) {
            boolean uploaded = upload.parts.stream()
                    .filter(Operation::mayHaveTakenEffect)
                    .filter(part -> !completion.isBefore(part))
                    .map(part -> (Call.UploadPart) part.call())
                    .anyMatch(part ->
                            part.number() == named.number() && part.value().equals(named.value()));
            if (!uploaded) {
                violations.add(
                        violation(Kind.PART_NEVER_UPLOADED, name, named + " was not uploaded before", completion));
                return;
            }
        }
    }

    private static Violation violation(Kind kind, String upload, String explanation, Operation... operations) {
        return Violation.of(kind, "upload " + upload, explanation, operations);
    }
}
