package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.AppliedOperation;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.StateDigest;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.register.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable registers, scans and versions in memory. Every call takes effect at one moment; calls that are pending
 * at the same time do so in random order, and their answers arrive in random order. Checks what drives would check.
 */
final class MemoryRegisters implements Register, Scan, Versions, Bodies {
    private final TreeMap<RegisterKey, State> states = new TreeMap<>();
    private final Map<RegisterKey, TreeMap<Bytes, VersionEdit.Add>> older = new HashMap<>();
    private final Map<DataId, Bytes> bodies = new HashMap<>();
    private final List<Runnable> pending = new ArrayList<>();
    private final Random random;
    private Usage usage = Usage.NONE;
    private long counter;

    /** How many of a thousand changes end in an unknown outcome. */
    int unknownPerMille;

    /** Whether calls wait for {@link #run} instead of taking effect at once. */
    boolean isConcurrent;

    /** Called after every change that is written. */
    Observer observer = (key, before, after, edits) -> {};

    interface Observer {
        void changed(RegisterKey key, State before, State after, List<VersionEdit> edits);
    }

    MemoryRegisters(Random random) {
        this.random = random;
    }

    /** Carries out pending calls until none is left. */
    void run() {
        while (!pending.isEmpty()) {
            pending.remove(random.nextInt(pending.size())).run();
        }
    }

    /** Carries out one pending call, or one answer, if there is one. */
    void step() {
        if (!pending.isEmpty()) {
            pending.remove(random.nextInt(pending.size())).run();
        }
    }

    State state(RegisterKey key) {
        return states.getOrDefault(key, State.ABSENT);
    }

    Map<RegisterKey, State> states() {
        return states;
    }

    List<VersionEdit.Add> older(RegisterKey key) {
        return List.copyOf(older.getOrDefault(key, new TreeMap<>()).values());
    }

    Usage usage() {
        return usage;
    }

    @Override
    public CompletionStage<ReadOutcome> read(RegisterKey key) {
        return call(() -> new Value(ballot(), state(key)));
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
        return call(() -> {
            boolean isUnknown = random.nextInt(1000) < unknownPerMille;
            if (isUnknown && random.nextBoolean()) {
                return new OutcomeUnknown<>("lost on the way there");
            }
            State before = state(key);
            if (random.nextInt(4) == 0) {
                change.decide(random.nextBoolean() ? before : State.ABSENT);
            }
            Change.Decision<R> decision = change.decide(before);
            if (decision instanceof Change.Refuse<R> refuse) {
                return new Declined<>(refuse.reason(), ballot(), before);
            }
            State after = write(key, operation, before, (Change.Write<R>) decision);
            return isUnknown ? new OutcomeUnknown<>("lost on the way back") : new Applied<>(ballot(), after);
        });
    }

    private State write(RegisterKey key, OperationId operation, State before, Change.Write<?> write) {
        check(write.timeMicros() >= before.timeMicros(), "version time goes back");
        check((write.content() instanceof Content.Whole) == (write.body() != null), "a whole body travels along");
        if (write.content() instanceof Content.Whole whole) {
            Bytes body = java.util.Objects.requireNonNull(write.body(), "body");
            check(whole.length() == body.length(), "body of the length that the content says");
            check(body.equals(bodies.getOrDefault(whole.id(), body)), "one body for one data id");
            bodies.put(whole.id(), body);
        }
        TreeMap<Bytes, VersionEdit.Add> versions = older.computeIfAbsent(key, unused -> new TreeMap<>());
        for (VersionEdit edit : write.edits()) {
            if (edit instanceof VersionEdit.Add add) {
                check(versions.put(add.id(), add) == null, "a version is added once");
            } else if (edit instanceof VersionEdit.Remove remove) {
                VersionEdit.Add removed = versions.remove(remove.id());
                check(removed != null && StateDigest.of(removed).equals(remove.digest()), "what is removed is there");
            }
        }
        History history = before.history().with(write.edits());
        check(history.equals(History.EMPTY.with(new ArrayList<VersionEdit>(versions.values()))), "history of versions");
        List<AppliedOperation> applied = new ArrayList<>(before.applied());
        if (applied.size() == State.APPLIED_MAX) {
            applied.remove(0);
        }
        applied.add(new AppliedOperation(operation, ballot()));
        State after =
                new State(write.kind(), write.value(), write.content(), history, write.timeMicros(), applied, 1, 1);
        states.put(key, after);
        count(key, before, after);
        observer.changed(key, before, after, write.edits());
        return after;
    }

    private void count(RegisterKey key, State before, State after) {
        if ((key.space() & 7) == 0) {
            try {
                usage = usage.plus(Usage.delta(before, after));
            } catch (java.io.IOException damage) {
                throw new AssertionError(damage);
            }
        }
    }

    @Override
    public CompletionStage<ScanOutcome> page(Range range) {
        return call(() -> {
            List<Entry> entries = new ArrayList<>();
            int max = Math.min(range.entriesMax(), 1 + random.nextInt(5));
            RegisterKey from = new RegisterKey(range.space(), range.from());
            for (Map.Entry<RegisterKey, State> one : states.tailMap(from).entrySet()) {
                RegisterKey key = one.getKey();
                if (key.space() != range.space() || !key.key().startsWith(range.prefix())) {
                    break;
                }
                if (entries.size() == max) {
                    return new Page(entries, key.key());
                }
                entries.add(new Entry(key, ballot(), one.getValue()));
            }
            return new Page(entries, null);
        });
    }

    @Override
    public CompletionStage<VersionsOutcome> versions(RegisterKey key, Bytes from, int max) {
        return call(() -> {
            var versions =
                    older.getOrDefault(key, new TreeMap<>()).tailMap(from).values();
            return new Found(ballot(), state(key), versions.stream().limit(max).toList());
        });
    }

    @Override
    public CompletionStage<WholeOutcome> whole(RegisterKey key, Content.Whole content) {
        return call(() -> new Whole(java.util.Objects.requireNonNull(bodies.get(content.id()), "no such body")));
    }

    /** Copies are small bodies under a new id. */
    @Override
    public CompletionStage<CopyOutcome> copy(List<Source> sources, RegisterKey target) {
        return call(() -> {
            if (sources.isEmpty()) {
                return new Copied(Content.NONE, null);
            }
            java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
            for (Source source : sources) {
                bytes.writeBytes(bytes(source.content()).array());
            }
            Bytes body = Bytes.wrap(bytes.toByteArray());
            return new Copied(new Content.Whole(new DataId(99, ++counter), body.length()), body);
        });
    }

    /** The bytes of a content that was written here. */
    Bytes bytes(Content content) {
        return content instanceof Content.Whole whole
                ? java.util.Objects.requireNonNull(bodies.get(whole.id()), "no such body")
                : Bytes.EMPTY;
    }

    private <T> CompletionStage<T> call(Supplier<? extends T> effect) {
        if (!isConcurrent) {
            return CompletableFuture.completedStage(effect.get());
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        pending.add(() -> {
            T value = effect.get();
            pending.add(() -> answer.complete(value));
        });
        return answer;
    }

    private Ballot ballot() {
        return new Ballot(++counter, 1);
    }

    private static void check(boolean condition, String claim) {
        if (!condition) {
            throw new AssertionError("violated: " + claim);
        }
    }

    /** Identifiers that count up, and a clock that may stand still or go back. */
    static Identifiers identifiers(Random random) {
        return new Identifiers() {
            private long next = 1;
            private @Nullable Stamp last;

            @Override
            public OperationId nextOperation() {
                return new OperationId(1, next++);
            }

            @Override
            public Stamp nextStamp() {
                long now = last == null ? 1_000_000 : Math.max(0, last.nowMicros() + random.nextInt(20) - 5);
                last = new Stamp(now, random.nextLong(), new ChangeId(1, next++));
                return last;
            }

            @Override
            public UploadId nextUpload() {
                return new UploadId(random.nextLong(), next++);
            }

            @Override
            public DataId nextData() {
                return new DataId(2, next++);
            }
        };
    }
}
