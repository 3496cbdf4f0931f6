package io.azekura.persistence.journal;

import io.azekura.persistence.journal.BatchWalk.Visitor;
import io.azekura.persistence.journal.BatchWalk.Walked;
import io.azekura.persistence.journal.Journal.Damaged;
import io.azekura.persistence.journal.Journal.DeleteOutcome;
import io.azekura.persistence.journal.Journal.Deleted;
import io.azekura.persistence.journal.Journal.OutcomeUnknown;
import io.azekura.persistence.journal.Journal.Unavailable;
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
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Scan.Entry;
import io.azekura.persistence.register.Scan.Page;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One deletion of events: find where the last batch that goes as a whole ends, raise the mark, then write tombstones. A
 * crash after any step leaves what the next deletion takes on; only a batch below a durable mark ever becomes a tombstone.
 */
final class JournalDeletion {
    private static final int PAGE_ENTRIES = 200;

    private final Journal journal;
    private final Register register;
    private final Scan scan;
    private final Supplier<OperationId> operations;
    private final String persistenceId;

    JournalDeletion(
            Journal journal, Register register, Scan scan, Supplier<OperationId> operations, String persistenceId) {
        this.journal = journal;
        this.register = register;
        this.scan = scan;
        this.operations = operations;
        this.persistenceId = persistenceId;
    }

    CompletionStage<DeleteOutcome> deleteTo(long to) {
        Measure measure = new Measure(to);
        return journal.walk(persistenceId, 0, measure).thenCompose(outcome -> {
            if (!(outcome instanceof Walked walked)) {
                return BatchWalk.done(Journal.failure(outcome));
            }
            return measure.mark.equals(walked.mark()) ? swept(measure.mark) : raise(measure.mark);
        });
    }

    /** What the mark becomes: never above the last batch seen, every one of which is chosen. */
    private static final class Measure implements Function<JournalMark, Visitor> {
        private final long to;
        private JournalMark mark = JournalMark.NONE;

        private Measure(long to) {
            this.to = to;
        }

        @Override
        public Visitor apply(JournalMark current) {
            mark = current;
            return this::visit;
        }

        private boolean visit(JournalBatch batch) {
            long deletedTo = Math.max(mark.deletedTo(), Math.min(to, batch.last()));
            mark = batch.last() <= deletedTo
                    ? new JournalMark(deletedTo, batch.last(), batch.first())
                    : new JournalMark(
                            batch.first() <= deletedTo ? deletedTo : mark.deletedTo(), mark.fence(), mark.fenceFirst());
            return batch.last() < to;
        }
    }

    private CompletionStage<DeleteOutcome> raise(JournalMark mark) {
        Bytes value = JournalMarkFormat.encode(mark);
        return register.<State>change(
                        JournalKey.mark(persistenceId).register(),
                        operations.get(),
                        current -> raise(current, mark, value))
                .thenCompose(outcome -> raised(mark, outcome));
    }

    private static Decision<State> raise(State current, JournalMark mark, Bytes value) {
        try {
            return BatchWalk.markOf(current).deletedTo() < mark.deletedTo()
                    ? new Write<>(State.Kind.LIVE, value, Content.NONE, null, Journal.SYSTEM_CONFIG_VERSION)
                    : new Refuse<>(current);
        } catch (IOException damage) {
            return new Refuse<>(current);
        }
    }

    private CompletionStage<DeleteOutcome> raised(JournalMark mark, ChangeOutcome<State> outcome) {
        if (outcome instanceof Applied<State>) {
            return swept(mark);
        }
        if (outcome instanceof Declined<State> declined) {
            try {
                return swept(BatchWalk.markOf(declined.current()));
            } catch (IOException damage) {
                return BatchWalk.done(new Damaged(String.valueOf(damage.getMessage())));
            }
        }
        return BatchWalk.done(
                Journal.nothingHappened(outcome)
                        ? new Unavailable(outcome.toString())
                        : new OutcomeUnknown(outcome.toString()));
    }

    private CompletionStage<DeleteOutcome> swept(JournalMark mark) {
        return sweepTo(mark.fence()).thenApply(isSwept -> new Deleted(mark.deletedTo(), isSwept));
    }

    CompletionStage<Boolean> sweep() {
        return register.read(JournalKey.mark(persistenceId).register()).thenCompose(read -> {
            if (!(read instanceof Value value)) {
                return BatchWalk.done(false);
            }
            try {
                return sweepTo(BatchWalk.markOf(value.state()).fence());
            } catch (IOException damage) {
                return BatchWalk.done(false);
            }
        });
    }

    private CompletionStage<Boolean> sweepTo(long fence) {
        return fence == 0 ? BatchWalk.done(true) : Repeat.until(new Sweep(fence));
    }

    /** Page by page, one tombstone after the other. */
    private final class Sweep implements Supplier<CompletionStage<Optional<Boolean>>> {
        private final long fence;
        private final Deque<RegisterKey> batches = new ArrayDeque<>();
        private @Nullable Bytes next = JournalKey.batch(persistenceId, 1).encode();

        private Sweep(long fence) {
            this.fence = fence;
        }

        @Override
        public CompletionStage<Optional<Boolean>> get() {
            RegisterKey batch = batches.poll();
            if (batch != null) {
                return register.<State>change(batch, operations.get(), Sweep::bury)
                        .thenApply(outcome -> outcome instanceof Applied<State> || outcome instanceof Declined<State>
                                ? Optional.empty()
                                : Optional.of(false));
            }
            Bytes from = next;
            if (from == null) {
                return BatchWalk.done(Optional.of(true));
            }
            return scan.page(new Scan.Range(RegisterKey.JOURNAL, JournalKey.prefix(persistenceId), from, PAGE_ENTRIES))
                    .thenApply(outcome -> outcome instanceof Page page ? take(page) : Optional.of(false));
        }

        private Optional<Boolean> take(Page page) {
            next = page.next();
            for (Entry entry : page.entries()) {
                JournalKey key;
                try {
                    key = JournalKey.decode(entry.key().key());
                } catch (IOException damage) {
                    return Optional.of(false);
                }
                if (key.kind() != JournalKey.Kind.BATCH || key.sequence() > fence) {
                    next = null;
                    break;
                }
                if (entry.state().isLive()) {
                    batches.add(entry.key());
                }
            }
            return Optional.empty();
        }

        private static Decision<State> bury(State current) {
            return current.isLive()
                    ? new Write<>(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, null, Journal.SYSTEM_CONFIG_VERSION)
                    : new Refuse<>(current);
        }
    }
}
