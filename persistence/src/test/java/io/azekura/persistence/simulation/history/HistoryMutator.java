package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Falsifies one answer of a history. The result may be correct by chance. */
final class HistoryMutator {

    private final Random random;
    private final History history;

    HistoryMutator(Random random, History history) {
        this.random = random;
        this.history = history;
    }

    /** A history with one changed answer; empty if there was nothing to change. */
    Optional<History> mutate() {
        List<Operation> operations = new ArrayList<>(history.operations());
        for (int attempt = 0; attempt < 200 && !operations.isEmpty(); attempt++) {
            int index = random.nextInt(operations.size());
            Operation operation = operations.get(index);
            if (operation.outcome() instanceof Outcome.Ok ok) {
                Optional<Outcome> changed = change(operation, ok.result());
                if (changed.isPresent() && !changed.get().equals(operation.outcome())) {
                    operations.set(index, with(operation, changed.get()));
                    return Optional.of(new History(operations));
                }
            }
        }
        return Optional.empty();
    }

    private static Operation with(Operation operation, Outcome outcome) {
        return new Operation(
                operation.id(),
                operation.client(),
                operation.invokedAt(),
                operation.returnedAt(),
                operation.call(),
                outcome);
    }

    private Optional<Outcome> change(Operation operation, Result result) {
        if (result instanceof Result.Found || result == Result.Missing.MISSING) {
            return Optional.of(new Outcome.Ok(otherRead(operation)));
        }
        if (result instanceof Result.Page page && !page.entries().isEmpty()) {
            return Optional.of(new Outcome.Ok(new Result.Page(withoutOne(page.entries()), page.truncated())));
        }
        if (result instanceof Result.Replayed replayed && !replayed.events().isEmpty()) {
            return Optional.of(
                    new Outcome.Ok(new Result.Replayed(withoutOne(replayed.events()), replayed.highestSeq())));
        }
        if (result instanceof Result.Versions versions && !versions.versions().isEmpty()) {
            return Optional.of(
                    new Outcome.Ok(new Result.Versions(withoutOne(versions.versions()), versions.count() - 1)));
        }
        if (result instanceof Result.Highest highest) {
            return Optional.of(new Outcome.Ok(new Result.Highest(highest.seq() + (random.nextBoolean() ? 1 : -1))));
        }
        if (result == Result.Refusal.PRECONDITION_FAILED) {
            return Optional.of(new Outcome.Ok(Result.Done.DONE));
        }
        return Optional.empty();
    }

    private Result otherRead(Operation operation) {
        Call.OnKey call = (Call.OnKey) operation.call();
        List<String> values = history.operations().stream()
                .map(Operation::call)
                .filter(other -> other instanceof Call.OnKey onKey
                        && onKey.bucket().equals(call.bucket())
                        && onKey.key().equals(call.key()))
                .map(other -> String.valueOf(Contents.written(other)))
                .filter(value -> !value.equals("null"))
                .toList();
        return values.isEmpty() || random.nextInt(4) == 0
                ? Result.Missing.MISSING
                : new Result.Found(values.get(random.nextInt(values.size())), null);
    }

    private <T> List<T> withoutOne(List<T> list) {
        List<T> fewer = new ArrayList<>(list);
        fewer.remove(random.nextInt(fewer.size()));
        return fewer;
    }
}
