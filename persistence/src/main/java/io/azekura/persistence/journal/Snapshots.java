package io.azekura.persistence.journal;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Scan.Entry;
import io.azekura.persistence.register.Scan.Page;
import io.azekura.persistence.register.Scan.ScanOutcome;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of entities, one register each, the latest first in the order of keys. A snapshot only shortens a replay:
 * it is beside the journal, so that neither saving nor deleting one changes which number is the highest.
 */
public final class Snapshots {
    private static final int PAGE_ENTRIES = 20;

    private final Register register;
    private final Scan scan;
    private final Supplier<OperationId> operations;

    /** {@code operations} gives an id that was never used before, each time. */
    public Snapshots(Register register, Scan scan, Supplier<OperationId> operations) {
        this.register = register;
        this.scan = scan;
        this.operations = operations;
    }

    /** The state of an entity after event {@code sequence}, opaque here. */
    public record Snapshot(long sequence, long timeMicros, Bytes payload) {
        public Snapshot {
            Check.argument(sequence >= 0, "a snapshot of number " + sequence);
        }
    }

    /** Which snapshots are meant; all bounds inclusive. */
    public record Criteria(long sequenceMin, long sequenceMax, long timeMicrosMin, long timeMicrosMax) {
        public static final Criteria ALL = new Criteria(0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);

        public Criteria {
            Check.argument(sequenceMin >= 0 && sequenceMax >= 0, "sequence numbers are not negative");
        }

        /** Only the snapshot of this number. */
        public static Criteria only(long sequence) {
            return new Criteria(sequence, sequence, Long.MIN_VALUE, Long.MAX_VALUE);
        }

        private boolean matches(Snapshot snapshot) {
            return snapshot.sequence() >= sequenceMin
                    && snapshot.sequence() <= sequenceMax
                    && snapshot.timeMicros() >= timeMicrosMin
                    && snapshot.timeMicros() <= timeMicrosMax;
        }
    }

    public sealed interface LoadOutcome {}

    public sealed interface StoreOutcome {}

    public record Loaded(Snapshot snapshot) implements LoadOutcome {}

    public record NoSnapshot() implements LoadOutcome {}

    /** The snapshot that was meant cannot be read. An older one may do, with another question. */
    public record Damaged(long sequence, String what) implements LoadOutcome {}

    /** Too few drives answer; nothing happened, unless it was to delete several: then some may be gone. */
    public record Unavailable(String reason) implements LoadOutcome, StoreOutcome {}

    /** Saved, or deleted. */
    public record Stored() implements StoreOutcome {}

    public record OutcomeUnknown(String reason) implements StoreOutcome {}

    /** Saves the snapshot in place of one with the same number. */
    public CompletionStage<StoreOutcome> save(String persistenceId, Snapshot snapshot) {
        Bytes value = SnapshotFormat.encode(snapshot);
        Check.argument(value.length() <= Journal.BATCH_BYTES_MAX, "a snapshot of " + value.length() + " bytes");
        RegisterKey key =
                JournalKey.snapshot(persistenceId, snapshot.sequence()).register();
        Write<State> write = new Write<>(State.Kind.LIVE, value, Content.NONE, null, Journal.SYSTEM_CONFIG_VERSION);
        return register.<State>change(key, operations.get(), current -> write).thenApply(Snapshots::stored);
    }

    /** The snapshot of the highest number among those that meet the criteria. */
    public CompletionStage<LoadOutcome> latest(String persistenceId, Criteria criteria) {
        return Repeat.until(new Search(persistenceId, criteria));
    }

    /** Deletes all that meet the criteria; damaged ones too if their number does. */
    public CompletionStage<StoreOutcome> delete(String persistenceId, Criteria criteria) {
        return Repeat.until(new Deletion(persistenceId, criteria));
    }

    private static StoreOutcome stored(ChangeOutcome<State> outcome) {
        if (outcome instanceof Applied<State> || outcome instanceof Declined<State>) {
            return new Stored();
        }
        return Journal.nothingHappened(outcome)
                ? new Unavailable(outcome.toString())
                : new OutcomeUnknown(outcome.toString());
    }

    /** Pages through the snapshots of an entity from the highest number that is meant downwards. */
    private abstract class Pages {
        private final String persistenceId;
        final Criteria criteria;
        private @Nullable Bytes next;

        private Pages(String persistenceId, Criteria criteria) {
            this.persistenceId = persistenceId;
            this.criteria = criteria;
            this.next =
                    JournalKey.snapshot(persistenceId, criteria.sequenceMax()).encode();
        }

        /** Whether there may be more. */
        final boolean hasNext() {
            return next != null;
        }

        final CompletionStage<ScanOutcome> page() {
            Bytes from = next == null ? Bytes.EMPTY : next;
            return scan.page(new Scan.Range(RegisterKey.JOURNAL, JournalKey.prefix(persistenceId), from, PAGE_ENTRIES));
        }

        /** Whether the entry is a snapshot that exists and that the criteria's numbers mean. */
        final boolean isMeant(Entry entry) throws IOException {
            JournalKey key = JournalKey.decode(entry.key().key());
            if (key.sequence() < criteria.sequenceMin()) {
                next = null;
            }
            return entry.state().isLive()
                    && key.kind() == JournalKey.Kind.SNAPSHOT
                    && key.sequence() >= criteria.sequenceMin();
        }

        final void turn(Page page) {
            next = page.next();
        }
    }

    private final class Search extends Pages implements Supplier<CompletionStage<Optional<LoadOutcome>>> {
        private Search(String persistenceId, Criteria criteria) {
            super(persistenceId, criteria);
        }

        @Override
        public CompletionStage<Optional<LoadOutcome>> get() {
            return hasNext() ? page().thenApply(this::search) : BatchWalk.done(Optional.of(new NoSnapshot()));
        }

        private Optional<LoadOutcome> search(ScanOutcome outcome) {
            if (!(outcome instanceof Page page)) {
                return Optional.of(new Unavailable(outcome.toString()));
            }
            turn(page);
            for (Entry entry : page.entries()) {
                try {
                    if (isMeant(entry)) {
                        Snapshot snapshot = SnapshotFormat.decode(entry.state().value());
                        if (criteria.matches(snapshot)) {
                            return Optional.of(new Loaded(snapshot));
                        }
                    }
                } catch (IOException damage) {
                    return Optional.of(new Damaged(sequenceOf(entry), String.valueOf(damage.getMessage())));
                }
            }
            return Optional.empty();
        }
    }

    private static long sequenceOf(Entry entry) {
        try {
            return JournalKey.decode(entry.key().key()).sequence();
        } catch (IOException damage) {
            return 0;
        }
    }

    private final class Deletion extends Pages implements Supplier<CompletionStage<Optional<StoreOutcome>>> {
        private final Deque<RegisterKey> meant = new ArrayDeque<>();

        private Deletion(String persistenceId, Criteria criteria) {
            super(persistenceId, criteria);
        }

        @Override
        public CompletionStage<Optional<StoreOutcome>> get() {
            RegisterKey key = meant.poll();
            if (key != null) {
                return register.<State>change(key, operations.get(), this::bury).thenApply(outcome -> {
                    StoreOutcome stored = stored(outcome);
                    return stored instanceof Stored ? Optional.empty() : Optional.of(stored);
                });
            }
            return hasNext() ? page().thenApply(this::collect) : BatchWalk.done(Optional.of(new Stored()));
        }

        private Optional<StoreOutcome> collect(ScanOutcome outcome) {
            if (!(outcome instanceof Page page)) {
                return Optional.of(new Unavailable(outcome.toString()));
            }
            turn(page);
            for (Entry entry : page.entries()) {
                try {
                    if (isMeant(entry)) {
                        meant.add(entry.key());
                    }
                } catch (IOException damage) {
                    return Optional.of(new Unavailable(String.valueOf(damage.getMessage())));
                }
            }
            return Optional.empty();
        }

        /** Judges the state that it replaces, so that a snapshot saved meanwhile, which was not meant, stays. */
        private Decision<State> bury(State current) {
            if (!current.isLive() || !isMeant(current)) {
                return new Refuse<>(current);
            }
            return new Write<>(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, null, Journal.SYSTEM_CONFIG_VERSION);
        }

        private boolean isMeant(State state) {
            try {
                return criteria.matches(SnapshotFormat.decode(state.value()));
            } catch (IOException damage) {
                return true;
            }
        }
    }
}
