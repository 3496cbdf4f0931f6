package io.azekura.persistence.simulation.history;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Everything that all clients did, ordered by invocation. */
public record History(List<Operation> operations) {

    public History {
        operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invokedAt).thenComparingInt(Operation::id))
                .toList();
        Set<Integer> ids = new HashSet<>();
        for (Operation operation : operations) {
            if (!ids.add(operation.id())) {
                throw new IllegalArgumentException("operation " + operation.id() + " is there twice");
            }
        }
    }

    @Override
    public String toString() {
        return HistoryPrinter.print(this);
    }
}
