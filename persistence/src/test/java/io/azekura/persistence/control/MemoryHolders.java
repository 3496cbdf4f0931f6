package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.AppliedOperation;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The registers of each list of holders, in memory. A call takes effect at one moment, and calls that are pending at
 * once do so in random order. An outcome may be unknown with the change made, not made, or made later.
 */
final class MemoryHolders implements ControlLog.Holders {
    private final Map<List<DriveId>, Map<RegisterKey, State>> states = new HashMap<>();
    private final Set<OperationId> used = new HashSet<>();
    private final List<Runnable> pending = new ArrayList<>();
    private final Random random;
    private long counter;

    /** How many of a thousand changes have an unknown outcome, and how many calls none at all. */
    int unknownPerMille;

    int unavailablePerMille;

    /** Whether calls wait for {@link #run}. */
    boolean isConcurrent;

    MemoryHolders(long seed) {
        random = new Random(seed);
    }

    void run() {
        while (!pending.isEmpty()) {
            pending.remove(random.nextInt(pending.size())).run();
        }
    }

    /** How many entries were ever created. */
    int entries() {
        return states.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public Register on(List<DriveId> drives) {
        Map<RegisterKey, State> held = states.computeIfAbsent(drives, same -> new HashMap<>());
        return new Register() {
            @Override
            public CompletionStage<ReadOutcome> read(RegisterKey key) {
                return later(() -> {
                    if (is(unavailablePerMille)) {
                        return new Unreadable("no holders");
                    }
                    return new Value(new Ballot(++counter, 1), held.getOrDefault(key, State.ABSENT));
                });
            }

            @Override
            public <R> CompletionStage<ChangeOutcome<R>> change(
                    RegisterKey key, OperationId operation, Change<R> change) {
                if (!used.add(operation)) {
                    throw new IllegalStateException("an operation id that is not fresh");
                }
                return later(() -> changed(held, key, operation, change));
            }
        };
    }

    private <R> Register.ChangeOutcome<R> changed(
            Map<RegisterKey, State> held, RegisterKey key, OperationId operation, Change<R> change) {
        if (is(unavailablePerMille)) {
            return new Register.Unavailable<>("no holders");
        }
        if (!is(unknownPerMille)) {
            return apply(held, key, operation, change);
        }
        int fate = random.nextInt(3);
        if (fate == 0) {
            apply(held, key, operation, change);
        } else if (fate == 1 && isConcurrent) {
            pending.add(() -> apply(held, key, operation, change));
        }
        return new Register.OutcomeUnknown<>("fate " + fate);
    }

    private <R> Register.ChangeOutcome<R> apply(
            Map<RegisterKey, State> held, RegisterKey key, OperationId operation, Change<R> change) {
        State current = held.getOrDefault(key, State.ABSENT);
        Ballot ballot = new Ballot(++counter, 1);
        Change.Decision<R> decision = change.decide(current);
        if (decision instanceof Change.Refuse<R> refuse) {
            return new Register.Declined<>(refuse.reason(), ballot, current);
        }
        Change.Write<R> write = (Change.Write<R>) decision;
        State next = new State(
                write.kind(),
                write.value(),
                write.content(),
                List.of(new AppliedOperation(operation, ballot)),
                0,
                write.configVersion());
        held.put(key, next);
        return new Register.Applied<>(ballot, next);
    }

    private boolean is(int perMille) {
        return random.nextInt(1000) < perMille;
    }

    private <T> CompletionStage<T> later(Supplier<T> action) {
        if (!isConcurrent) {
            return CompletableFuture.completedStage(action.get());
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        pending.add(() -> {
            T value = action.get();
            pending.add(() -> result.complete(value));
        });
        return result;
    }
}
