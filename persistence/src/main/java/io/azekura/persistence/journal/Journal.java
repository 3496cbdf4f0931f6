package io.azekura.persistence.journal;

import io.azekura.persistence.Check;
import io.azekura.persistence.journal.BatchWalk.Tail;
import io.azekura.persistence.journal.BatchWalk.Visitor;
import io.azekura.persistence.journal.BatchWalk.Walked;
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
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.Outdated;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of entities, as registers: a batch is written by creating the register of its first sequence number, so
 * that of two incarnations of an entity exactly one wins each number, whatever either believes (register rule 13).
 *
 * <p>Events are appended through a {@link JournalWriter} only. Reading never needs one. Stages never fail and nothing
 * blocks; safe for any threads that the ports are safe for.
 */
public class Journal {
    /** Largest encoded batch, in bytes: half of what a drive takes as one row, the rest being room for its frame. */
    public static final int BATCH_BYTES_MAX = 1 << 19;

    /** Configuration version of the store's own spaces, which are never fenced. */
    static final long SYSTEM_CONFIG_VERSION = 0;

    private final Register register;
    private final Scan scan;
    private final Supplier<OperationId> operations;

    /** {@code operations} gives an id that was never used before, each time. */
    public Journal(Register register, Scan scan, Supplier<OperationId> operations) {
        this.register = register;
        this.scan = scan;
        this.operations = operations;
    }

    /** The end of an append. After anything but {@link Appended} and {@link Unavailable} its writer has stopped. */
    public sealed interface AppendOutcome {}

    public sealed interface ReplayOutcome {}

    public sealed interface HighestOutcome {}

    public sealed interface DeleteOutcome {}

    /** Durable, up to this sequence number. */
    public record Appended(long last) implements AppendOutcome {}

    /** Another incarnation has these numbers; {@code winner} is null when its batch is deleted already. */
    public record LostTo(@Nullable WriterId winner) implements AppendOutcome {}

    /** The batch or the mark may be there, or may yet come to be there. */
    public record OutcomeUnknown(String reason) implements AppendOutcome, DeleteOutcome {}

    /** What can end anything that is asked of a journal. */
    public sealed interface Failure extends AppendOutcome, ReplayOutcome, HighestOutcome, DeleteOutcome {}

    /** Too few drives answer; nothing happened and nothing will. */
    public record Unavailable(String reason) implements Failure {}

    /** The journal is not what was written: a batch is missing or unreadable. Never skipped, never repaired by guess. */
    public record Damaged(String what) implements Failure {}

    /**
     * Events in order. {@code isComplete}: there were no more, and {@code end} is then the end of the journal, or null when
     * it ends before the number asked for.
     */
    public record Replayed(
            List<Numbered> events,
            boolean isComplete,
            @Nullable End end) implements ReplayOutcome {
        public Replayed {
            events = List.copyOf(events);
        }
    }

    /** One event with its sequence number, and who wrote it. */
    public record Numbered(long sequence, JournalEvent event, WriterId writer) {}

    /** Where a journal ends: its highest sequence number, and the first one of the batch that has it, 0 for none. */
    public record End(long highest, long lastFirst) {}

    public record Highest(long sequence) implements HighestOutcome {}

    /**
     * Events up to this number are never replayed again, which is the most that the request could mean. {@code isSwept}:
     * their batches have become tombstones too; if not, the next deletion or {@link #sweep} does it.
     */
    public record Deleted(long deletedTo, boolean isSwept) implements DeleteOutcome {}

    /**
     * Events from {@code from} to {@code to}, both inclusive, at most {@code max} of them: one ordered scan with a quorum,
     * which finishes pending writes. What is deleted is left out; anything else that is missing is {@link Damaged}.
     */
    public CompletionStage<ReplayOutcome> replay(String persistenceId, long from, long to, int max) {
        Check.argument(from >= 0 && max > 0, "replay from " + from + ", at most " + max);
        List<Numbered> events = new ArrayList<>();
        return walk(persistenceId, from, mark -> {
                    events.clear();
                    long first = Math.max(from, mark.deletedTo() + 1);
                    return batch -> collect(batch, first, to, max, events);
                })
                .thenApply(outcome -> outcome instanceof Walked walked
                        ? new Replayed(events, !walked.isStopped(), endOf(walked))
                        : failure(outcome));
    }

    /**
     * The highest sequence number that was ever written, also when its event is deleted, or 0. {@code hint} is a number
     * that was certainly written, such as that of a snapshot: batches well before it are not looked at.
     */
    public CompletionStage<HighestOutcome> highestSequenceNr(String persistenceId, long hint) {
        return walk(persistenceId, hint, mark -> batch -> true).thenCompose(outcome -> {
            if (!(outcome instanceof Walked walked)) {
                return BatchWalk.done(failure(outcome));
            }
            Tail tail = walked.tail();
            return tail == null ? highestSequenceNr(persistenceId, 0) : BatchWalk.done(new Highest(tail.last()));
        });
    }

    /**
     * Deletes events up to and including number {@code to}, or all that there are. The mark is durable before the first
     * tombstone is written, so that no moment exists in which a batch is gone and could be created again.
     */
    public CompletionStage<DeleteOutcome> deleteTo(String persistenceId, long to) {
        return new JournalDeletion(this, register, scan, operations, persistenceId).deleteTo(to);
    }

    /** Makes tombstones of the batches that are deleted but still there; false when some could not be. */
    public CompletionStage<Boolean> sweep(String persistenceId) {
        return new JournalDeletion(this, register, scan, operations, persistenceId).sweep();
    }

    /** Creates the batch. Only for {@link JournalWriter}, which knows when it must not be called. */
    CompletionStage<AppendOutcome> append(String persistenceId, JournalBatch batch) {
        Bytes value = JournalBatchFormat.encode(batch);
        Check.argument(value.length() <= BATCH_BYTES_MAX, "a batch of " + value.length() + " bytes");
        return register.read(JournalKey.mark(persistenceId).register()).thenCompose(read -> {
            if (!(read instanceof Value mark)) {
                return BatchWalk.done(new Unavailable("mark of " + persistenceId + ": " + read));
            }
            try {
                if (isDeleted(batch, BatchWalk.markOf(mark.state()))) {
                    return BatchWalk.done(new LostTo(null));
                }
            } catch (IOException damage) {
                return BatchWalk.done(new Damaged(String.valueOf(damage.getMessage())));
            }
            RegisterKey key = JournalKey.batch(persistenceId, batch.first()).register();
            return register.<State>change(key, operations.get(), current -> create(current, value))
                    .thenApply(outcome -> appended(batch, outcome));
        });
    }

    /** Whether the number was used and its batch deleted. The drives decide the same again, atomically with the write. */
    protected boolean isDeleted(JournalBatch batch, JournalMark mark) {
        return batch.first() <= mark.fence();
    }

    /** Creates if absent: a tombstone is a used number as much as a batch is. */
    protected Decision<State> create(State current, Bytes value) {
        return current.kind() == State.Kind.ABSENT
                ? new Write<>(State.Kind.LIVE, value, Content.NONE, null, SYSTEM_CONFIG_VERSION)
                : new Refuse<>(current);
    }

    private static AppendOutcome appended(JournalBatch batch, ChangeOutcome<State> outcome) {
        if (outcome instanceof Applied<State>) {
            return new Appended(batch.last());
        }
        if (outcome instanceof Declined<State> declined) {
            try {
                State current = declined.current();
                return new LostTo(
                        current.isLive()
                                ? JournalBatchFormat.decode(current.value()).writer()
                                : null);
            } catch (IOException damage) {
                return new Damaged(String.valueOf(damage.getMessage()));
            }
        }
        return nothingHappened(outcome) ? new Unavailable(outcome.toString()) : new OutcomeUnknown(outcome.toString());
    }

    static boolean nothingHappened(ChangeOutcome<State> outcome) {
        return outcome instanceof Register.Unavailable<State>
                || outcome instanceof NoRoom<State>
                || outcome instanceof Outdated<State>;
    }

    /** For tests to plant faults in how a journal is read. */
    protected CompletionStage<BatchWalk.Outcome> walk(
            String persistenceId, long from, Function<JournalMark, Visitor> visitors) {
        return new BatchWalk(register, scan, persistenceId, from, visitors).run();
    }

    static Failure failure(BatchWalk.Outcome outcome) {
        if (outcome instanceof BatchWalk.Damaged damaged) {
            return new Damaged(damaged.what());
        }
        return new Unavailable(outcome.toString());
    }

    private static boolean collect(JournalBatch batch, long first, long to, int max, List<Numbered> events) {
        for (int i = 0; i < batch.events().size(); i++) {
            long sequence = batch.first() + i;
            if (sequence > to || events.size() == max) {
                return false;
            }
            if (sequence >= first) {
                events.add(new Numbered(sequence, batch.events().get(i), batch.writer()));
            }
        }
        return true;
    }

    private static @Nullable End endOf(Walked walked) {
        Tail tail = walked.tail();
        return tail == null || walked.isStopped() ? null : new End(tail.last(), tail.first());
    }
}
