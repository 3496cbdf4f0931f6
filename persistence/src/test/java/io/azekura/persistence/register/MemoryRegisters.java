package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The reference model of {@link Register} and {@link Scan}: one copy, no drives. Either every call takes effect at once,
 * or, with a random source, calls wait until {@link #step} takes effect of one of them or delivers one reply, in any
 * order, so that one seed is one interleaving; then outcomes may also be unknown or unavailable. One thread.
 */
public final class MemoryRegisters implements Register, Scan {
    private final TreeMap<RegisterKey, Value> values = new TreeMap<>();
    private final List<Runnable> pending = new ArrayList<>();
    private final @Nullable Random random;
    private DriveRule rule = (key, current, write) -> Verdict.PASS;
    private double unknownShare;
    private double unavailableShare;
    private long counter;
    private int calls;

    /** Every call takes effect before it returns. */
    public MemoryRegisters() {
        this(null);
    }

    public MemoryRegisters(@Nullable Random random) {
        this.random = random;
    }

    /** What the drives make of an accept. */
    public enum Verdict {
        PASS,
        REFUSE,
        OUTDATED
    }

    /** The drives' decision about what a change makes of the current state. */
    @FunctionalInterface
    public interface DriveRule {
        Verdict judge(RegisterKey key, State current, Write<?> write);
    }

    public void rule(DriveRule next) {
        rule = next;
    }

    /** Which share of the changes ends unknown, and of all calls unavailable. */
    public void faults(double unknown, double unavailable) {
        unknownShare = unknown;
        unavailableShare = unavailable;
    }

    /** Takes one step of one waiting call, if there is any. */
    public boolean step() {
        if (random == null || pending.isEmpty()) {
            return false;
        }
        pending.remove(random.nextInt(pending.size())).run();
        return true;
    }

    /** How many calls were made. */
    public int calls() {
        return calls;
    }

    public State state(RegisterKey key) {
        Value value = values.get(key);
        return value == null ? State.ABSENT : value.state();
    }

    public Map<RegisterKey, Value> all() {
        return values;
    }

    /** Removes the register, as the collection of a tombstone does, or damage. */
    public void forget(RegisterKey key) {
        values.remove(key);
    }

    /** Puts a state there, whatever was. */
    public void put(RegisterKey key, State state) {
        values.put(key, new Value(new Ballot(++counter, 1), state));
    }

    @Override
    public CompletionStage<ReadOutcome> read(RegisterKey key) {
        return call(() -> {
            Value value = values.get(key);
            return fails(unavailableShare)
                    ? new Unreadable("injected")
                    : value == null ? new Value(Ballot.ZERO, State.ABSENT) : value;
        });
    }

    @Override
    public CompletionStage<ScanOutcome> page(Range range) {
        return call(() -> fails(unavailableShare) ? new NoQuorum("injected") : pageNow(range));
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
        return call(() -> {
            if (fails(unavailableShare)) {
                return new Unavailable<>("injected");
            }
            if (random == null || !fails(unknownShare)) {
                return apply(key, operation, change);
            }
            switch (random.nextInt(3)) {
                case 0 -> apply(key, operation, change);
                case 1 -> pending.add(() -> apply(key, operation, change));
                default -> {}
            }
            return new OutcomeUnknown<>("injected");
        });
    }

    /** Something else that takes effect at some moment of its own, such as a fence. */
    public <T> CompletionStage<T> call(java.util.function.Supplier<T> effect) {
        calls++;
        if (random == null) {
            return CompletableFuture.completedStage(effect.get());
        }
        CompletableFuture<T> reply = new CompletableFuture<>();
        pending.add(() -> {
            T outcome = effect.get();
            pending.add(() -> reply.complete(outcome));
        });
        return reply;
    }

    private boolean fails(double share) {
        return random != null && share > 0 && random.nextDouble() < share;
    }

    private <R> ChangeOutcome<R> apply(RegisterKey key, OperationId operation, Change<R> change) {
        State current = state(key);
        Decision<R> decision = change.decide(current);
        Value before = values.get(key);
        Ballot old = before == null ? Ballot.ZERO : before.ballot();
        if (decision instanceof Refuse<R> refuse) {
            return new Declined<>(refuse.reason(), old, current);
        }
        Write<R> write = (Write<R>) decision;
        switch (rule.judge(key, current, write)) {
            case REFUSE -> {
                return new Unavailable<>("refused by the drives");
            }
            case OUTDATED -> {
                return new Outdated<>(write.configVersion() + 1, true);
            }
            case PASS -> {}
        }
        Ballot ballot = new Ballot(++counter, 1);
        State next = new State(
                write.kind(),
                write.value(),
                write.content(),
                current.history().with(write.edits()),
                write.timeMicros(),
                List.of(new AppliedOperation(operation, ballot)),
                1,
                write.configVersion());
        values.put(key, new Value(ballot, next));
        return new Applied<>(ballot, next);
    }

    private Page pageNow(Range range) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<RegisterKey, Value> one : values.tailMap(new RegisterKey(range.space(), range.from()), true)
                .entrySet()) {
            RegisterKey key = one.getKey();
            if (key.space() != range.space()) {
                break;
            }
            if (!key.key().startsWith(range.prefix())) {
                if (key.key().compareTo(range.prefix()) > 0) {
                    break;
                }
                continue;
            }
            if (entries.size() == range.entriesMax()) {
                return new Page(entries, key.key());
            }
            entries.add(new Entry(key, one.getValue().ballot(), one.getValue().state()));
        }
        return new Page(entries, null);
    }

    /** A view of the registers for one process, which can crash: what it asked for may still happen, it never hears. */
    public final class Client implements Register, Scan {
        private int callsLeft = Integer.MAX_VALUE;

        /** Crashes at the call after this many more. */
        public void crashAfter(int more) {
            callsLeft = more;
        }

        public boolean isCrashed() {
            return callsLeft < 0;
        }

        @Override
        public CompletionStage<ReadOutcome> read(RegisterKey key) {
            return reply(() -> MemoryRegisters.this.read(key));
        }

        @Override
        public CompletionStage<ScanOutcome> page(Range range) {
            return reply(() -> MemoryRegisters.this.page(range));
        }

        @Override
        public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
            return reply(() -> MemoryRegisters.this.change(key, operation, change));
        }

        /** A call of this process; one in flight when it crashes takes effect, those after it are never made. */
        public <T> CompletionStage<T> reply(java.util.function.Supplier<CompletionStage<T>> call) {
            if (callsLeft < 0) {
                return new CompletableFuture<>();
            }
            callsLeft--;
            CompletionStage<T> made = call.get();
            if (callsLeft < 0) {
                return new CompletableFuture<>();
            }
            CompletableFuture<T> reply = new CompletableFuture<>();
            made.thenAccept(outcome -> {
                if (callsLeft >= 0) {
                    reply.complete(outcome);
                }
            });
            return reply;
        }
    }

    public Client client() {
        return new Client();
    }

    /** The bytes after these: the least that is greater. */
    public static Bytes after(Bytes bytes) {
        byte[] longer = java.util.Arrays.copyOf(bytes.array(), bytes.length() + 1);
        return Bytes.wrap(longer);
    }
}
