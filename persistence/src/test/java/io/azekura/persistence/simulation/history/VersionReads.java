package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads without a version id in a versioned bucket: the newest version that is not deleted. Judged by real time only: a
 * read is wrong if for every moment of it there is a version that was certainly newer.
 */
final class VersionReads {

    private VersionReads() {}

    /** For each wrong read the operations that show it. */
    static List<List<Operation>> check(List<Operation> operations) {
        List<List<Operation>> wrong = new ArrayList<>();
        for (Operation read : operations) {
            if ((read.call() instanceof Call.Get || read.call() instanceof Call.Head) && read.isOk()) {
                read.result(Result.Found.class)
                        .ifPresentOrElse(
                                found -> checkFound(read, found.value(), operations, wrong),
                                () -> checkMissing(read, operations, wrong));
            }
        }
        return wrong;
    }

    private static void checkFound(
            Operation read, String value, List<Operation> operations, List<List<Operation>> wrong) {
        Operation write = operations.stream()
                .filter(operation -> operation.call() instanceof Call.VersionPut put
                        && put.value().equals(value))
                .findFirst()
                .orElse(null);
        if (write == null || !write.mayHaveTakenEffect() || read.isBefore(write)) {
            wrong.add(List.of(read));
            return;
        }
        operations.stream()
                .filter(newer -> isWrite(newer) && newer.tookEffect() && write.isBefore(newer) && newer.isBefore(read))
                .filter(newer -> !canBeDeleted(newer, read, operations))
                .findFirst()
                .ifPresent(newer -> wrong.add(List.of(write, newer, read)));
        operations.stream()
                .filter(delete -> delete.call() instanceof Call.VersionDelete call
                        && delete.tookEffect()
                        && delete.isBefore(read)
                        && call.versionId().equals(id(write)))
                .findFirst()
                .ifPresent(delete -> wrong.add(List.of(write, delete, read)));
    }

    /** Nothing can be seen only if a marker can be the newest, or everything can be deleted. */
    private static void checkMissing(Operation read, List<Operation> operations, List<List<Operation>> wrong) {
        operations.stream()
                .filter(put -> put.call() instanceof Call.VersionPut && put.tookEffect() && put.isBefore(read))
                .filter(put -> !canBeDeleted(put, read, operations))
                .filter(put -> operations.stream()
                        .noneMatch(mark -> mark.call() instanceof Call.VersionMark
                                && mark.mayHaveTakenEffect()
                                && !mark.isBefore(put)
                                && !read.isBefore(mark)))
                .findFirst()
                .ifPresent(put -> wrong.add(List.of(put, read)));
    }

    private static boolean isWrite(Operation operation) {
        return operation.call() instanceof Call.VersionPut || operation.call() instanceof Call.VersionMark;
    }

    private static String id(Operation write) {
        return write.result(Result.Stored.class).map(Result.Stored::versionId).orElse("");
    }

    private static boolean canBeDeleted(Operation write, Operation by, List<Operation> operations) {
        return operations.stream()
                .anyMatch(delete -> delete.call() instanceof Call.VersionDelete call
                        && call.versionId().equals(id(write))
                        && delete.mayHaveTakenEffect()
                        && !by.isBefore(delete));
    }
}
