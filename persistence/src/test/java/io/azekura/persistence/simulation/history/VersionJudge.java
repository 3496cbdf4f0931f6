package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the versions of one key. */
final class VersionJudge {

    /** Everything known of one version. */
    private static final class Known {
        final String id;

        @Nullable
        Operation put;

        final List<Operation> shownBy = new ArrayList<>();
        final List<Operation> missedBy = new ArrayList<>();
        final List<Operation> deletes = new ArrayList<>();

        Known(String id) {
            this.id = id;
        }

        /** Whether it was there for certain by the end of one of these. */
        List<Operation> proofs() {
            List<Operation> proofs = new ArrayList<>(shownBy);
            if (put != null) {
                proofs.add(0, put);
            }
            return proofs;
        }

        boolean canBeDeletedBy(Operation by) {
            return deletes.stream().anyMatch(delete -> delete.mayHaveTakenEffect() && !by.isBefore(delete));
        }
    }

    private final String key;
    private final List<Operation> operations;
    private final Map<String, Operation> puts = new HashMap<>();
    private final List<Operation> marks = new ArrayList<>();
    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Map<String, Result.Version> versions = new HashMap<>();
    private final Map<String, Operation> idOfValue = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    VersionJudge(String key, List<Operation> operations) {
        this.key = key;
        this.operations = operations;
        for (Operation operation : operations) {
            Call call = operation.call();
            if (call instanceof Call.VersionPut put) {
                puts.put(put.value(), operation);
                learn(operation);
            } else if (call instanceof Call.VersionMark) {
                marks.add(operation);
                learn(operation);
            } else if (call instanceof Call.VersionDelete delete) {
                version(delete.versionId()).deletes.add(operation);
            }
        }
    }

    private void learn(Operation operation) {
        operation.result(Result.Stored.class).ifPresent(stored -> {
            Known version = version(stored.versionId());
            Operation other = version.put;
            if (other != null) {
                report(Kind.VERSION_CHANGED, "two writes got the id " + version.id, other, operation);
            }
            version.put = operation;
        });
    }

    private Known version(String id) {
        return known.computeIfAbsent(id, Known::new);
    }

    List<Violation> judge() {
        for (Operation operation : operations) {
            operation.result(Result.Versions.class).ifPresent(listed -> checkList(operation, listed));
            if (operation.call() instanceof Call.VersionGet get && operation.isOk()) {
                checkVersionGet(operation, get);
            }
        }
        for (Operation operation : operations) {
            if (operation.call() instanceof Call.VersionList && operation.isOk()) {
                known.values().stream()
                        .filter(version -> !version.shownBy.contains(operation))
                        .forEach(version -> version.missedBy.add(operation));
            }
        }
        known.values().forEach(this::checkLife);
        VersionReads.check(operations)
                .forEach(found -> violations.add(
                        new Violation(Kind.STALE_READ, "key " + key, "there is a newer version", found)));
        return violations;
    }

    private void checkList(Operation list, Result.Versions listed) {
        if (listed.count() != listed.versions().size()) {
            report(
                    Kind.VERSION_COUNT,
                    "count " + listed.count() + ", listed " + listed.versions().size(),
                    list);
        }
        Set<String> ids = new HashSet<>();
        Result.@Nullable Version newer = null;
        for (Result.Version version : listed.versions()) {
            if (!ids.add(version.versionId())) {
                report(Kind.VERSION_CHANGED, version.versionId() + " is listed twice", list);
            }
            checkVersion(list, version);
            if (newer != null && newer.timeMicros() <= version.timeMicros()) {
                report(Kind.VERSION_ORDER, newer.versionId() + " is listed before " + version.versionId(), list);
            }
            newer = version;
        }
        checkOrderOfWrites(list, listed);
    }

    private void checkOrderOfWrites(Operation list, Result.Versions listed) {
        for (int i = 0; i < listed.versions().size(); i++) {
            for (int j = i + 1; j < listed.versions().size(); j++) {
                Operation newer = writer(listed.versions().get(i));
                Operation older = writer(listed.versions().get(j));
                if (newer != null && older != null && newer.isBefore(older)) {
                    report(Kind.VERSION_ORDER, "the newer one was written first", newer, older, list);
                    return;
                }
            }
        }
    }

    private @Nullable Operation writer(Result.Version version) {
        Operation put = version(version.versionId()).put;
        return put != null || version.value() == null ? put : puts.get(version.value());
    }

    private void checkVersion(Operation list, Result.Version version) {
        Result.Version before = versions.putIfAbsent(version.versionId(), version);
        if (before != null && !before.equals(version)) {
            report(Kind.VERSION_CHANGED, before + " became " + version, list);
        }
        show(list, version.versionId(), version.value());
    }

    private void checkVersionGet(Operation operation, Call.VersionGet get) {
        Known version = version(get.versionId());
        operation
                .result(Result.Found.class)
                .ifPresentOrElse(
                        found -> show(operation, get.versionId(), found.value()),
                        () -> version.missedBy.add(operation));
    }

    private void show(Operation read, String id, @Nullable String value) {
        Known version = version(id);
        version.shownBy.add(read);
        Operation put = version.put;
        if (value == null) {
            boolean marked = put != null
                    ? put.call() instanceof Call.VersionMark && !read.isBefore(put)
                    : marks.stream().anyMatch(mark -> mark.isUnknown() && !read.isBefore(mark));
            if (!marked) {
                report(Kind.PHANTOM_VERSION, "marker " + id + " was never written", read);
            }
            return;
        }
        Operation write = puts.get(value);
        if (write == null || !write.mayHaveTakenEffect() || read.isBefore(write)) {
            report(Kind.PHANTOM_VERSION, value + " was not written", read);
        } else if ((put != null && !put.equals(write)) || (put == null && write.isOk())) {
            report(Kind.VERSION_CHANGED, id + " is not the version of " + value, write, read);
        } else {
            checkOneId(read, id, value);
        }
    }

    private void checkOneId(Operation read, String id, String value) {
        Operation first = idOfValue.putIfAbsent(value, read);
        if (first != null
                && known.values().stream()
                        .anyMatch(other -> !other.id.equals(id)
                                && other.shownBy.contains(first)
                                && shows(first, other.id, value))) {
            report(Kind.VERSION_CHANGED, value + " is there as two versions", first, read);
        }
    }

    private static boolean shows(Operation read, String id, String value) {
        if (read.call() instanceof Call.VersionGet get) {
            return get.versionId().equals(id);
        }
        return read.result(Result.Versions.class)
                .filter(listed -> listed.versions().stream()
                        .anyMatch(version -> version.versionId().equals(id) && value.equals(version.value())))
                .isPresent();
    }

    private void checkLife(Known version) {
        for (Operation missed : version.missedBy) {
            version.proofs().stream()
                    .filter(proof -> proof.isBefore(missed) && !version.canBeDeletedBy(missed))
                    .findFirst()
                    .ifPresent(
                            proof -> report(Kind.VERSION_VANISHED, version.id + " was never deleted", proof, missed));
        }
        for (Operation shown : version.shownBy) {
            version.deletes.stream()
                    .filter(delete -> delete.tookEffect() && delete.isBefore(shown))
                    .findFirst()
                    .ifPresent(delete ->
                            report(Kind.DELETED_VERSION_RETURNED, version.id + " was deleted", delete, shown));
            version.missedBy.stream()
                    .filter(missed -> missed.isBefore(shown))
                    .filter(missed -> version.proofs().stream().anyMatch(proof -> proof.isBefore(missed)))
                    .findFirst()
                    .ifPresent(missed ->
                            report(Kind.DELETED_VERSION_RETURNED, version.id + " was gone before", missed, shown));
        }
    }

    private void report(Kind kind, String explanation, Operation... found) {
        violations.add(Violation.of(kind, "key " + key, explanation, found));
    }
}
