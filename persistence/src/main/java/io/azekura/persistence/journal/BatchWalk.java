package io.azekura.persistence.journal;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.ReadOutcome;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Scan.Entry;
import io.azekura.persistence.register.Scan.Page;
import io.azekura.persistence.register.Scan.ScanOutcome;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One ordered pass over the batches of an entity: what is deleted is skipped, and anything else that is not the next
 * link of the chain ends it as damage. A deletion that overtakes the pass looks like a gap; so a gap is believed only
 * when the mark, read again, does not explain it, and otherwise the pass begins anew behind the mark. It can look like
 * an early end too; so the mark is also read again at the end, and the pass begins anew when it is beyond what was seen.
 */
class BatchWalk {
    private static final int PAGE_ENTRIES = 200;

    private final Register register;
    private final Scan scan;
    private final String persistenceId;
    private final long from;
    private final Function<JournalMark, Visitor> visitors;

    private @Nullable Pass pass;
    private @Nullable String suspicion;

    /** Walks from the batch that holds the number before {@code from}, or an earlier one; a visitor for each pass. */
    BatchWalk(Register register, Scan scan, String persistenceId, long from, Function<JournalMark, Visitor> visitors) {
        this.register = register;
        this.scan = scan;
        this.persistenceId = persistenceId;
        this.from = from;
        this.visitors = visitors;
    }

    /** Sees the batches in order; the first ones may end before the number that the walk was asked for. */
    @FunctionalInterface
    interface Visitor {
        /** Whether to go on. */
        boolean visit(JournalBatch batch);
    }

    sealed interface Outcome {}

    /** The pass ended at the end of the journal, or where its visitor stopped it. */
    record Walked(
            JournalMark mark, boolean isStopped, @Nullable Tail tail) implements Outcome {}

    record Damaged(String what) implements Outcome {}

    record NoQuorum(String reason) implements Outcome {}

    /** The last batch: its last number, and its first; those of the fence when there is none behind it. */
    record Tail(long last, long first) {}

    CompletionStage<Outcome> run() {
        return Repeat.until(this::step);
    }

    private CompletionStage<Optional<Outcome>> step() {
        Pass current = pass;
        if (current == null || current.isAtEnd || suspicion != null) {
            return register.read(JournalKey.mark(persistenceId).register()).thenApply(this::onMark);
        }
        Bytes prefix = JournalKey.prefix(persistenceId);
        return scan.page(new Scan.Range(RegisterKey.JOURNAL, prefix, current.next, PAGE_ENTRIES))
                .thenApply(page -> onPage(current, page));
    }

    private Optional<Outcome> onMark(ReadOutcome read) {
        if (!(read instanceof Value value)) {
            return Optional.of(new NoQuorum("mark of " + persistenceId + ": " + read));
        }
        JournalMark mark;
        try {
            mark = markOf(value.state());
        } catch (IOException damage) {
            return Optional.of(new Damaged(String.valueOf(damage.getMessage())));
        }
        if (pass != null && suspicion != null && mark.equals(pass.mark)) {
            return Optional.of(new Damaged(persistenceId + ": " + suspicion));
        }
        if (pass != null && suspicion == null && !pass.isOvertakenBy(mark)) {
            return Optional.of(pass.walked(false));
        }
        suspicion = null;
        pass = new Pass(mark);
        return Optional.empty();
    }

    static JournalMark markOf(State state) throws IOException {
        return state.isLive() ? JournalMarkFormat.decode(state.value()) : JournalMark.NONE;
    }

    private Optional<Outcome> onPage(Pass current, ScanOutcome outcome) {
        if (!(outcome instanceof Page page)) {
            return Optional.of(new NoQuorum("journal of " + persistenceId + ": " + outcome));
        }
        for (Entry entry : page.entries()) {
            try {
                JournalKey key = JournalKey.decode(entry.key().key());
                if (key.kind() == JournalKey.Kind.SNAPSHOT) {
                    return atEnd(current);
                }
                if (key.kind() == JournalKey.Kind.BATCH && !current.take(key, entry.state())) {
                    return suspicion == null ? Optional.of(current.walked(true)) : Optional.empty();
                }
            } catch (IOException damage) {
                return Optional.of(new Damaged(String.valueOf(damage.getMessage())));
            }
        }
        Bytes next = page.next();
        if (next == null) {
            return atEnd(current);
        }
        current.next = next;
        return Optional.empty();
    }

    private Optional<Outcome> atEnd(Pass current) {
        Tail tail = current.tail;
        if (tail != null && tail.last() < current.mark.deletedTo()) {
            suspicion = "ends at " + tail.last() + " but was deleted up to " + current.mark.deletedTo();
        } else {
            current.isAtEnd = true;
        }
        return Optional.empty();
    }

    /** Why the batch cannot follow, or null when it can: nothing may be missing between {@code tail} and it. */
    protected @Nullable String gap(@Nullable Tail tail, long start, JournalBatch batch) {
        if (tail == null) {
            return batch.previousFirst() < start
                    ? null
                    : "the batch from " + batch.previousFirst() + " is missing before the one from " + batch.first();
        }
        return batch.first() == tail.last() + 1 && batch.previousFirst() == tail.first()
                ? null
                : "a batch from " + batch.first() + " whose predecessor begins at " + batch.previousFirst()
                        + " follows one from " + tail.first() + " to " + tail.last();
    }

    /** What was seen under one mark. */
    private final class Pass {
        private final JournalMark mark;
        private final Visitor visitor;
        private final long start;
        private Bytes next;
        private @Nullable Tail tail;
        private boolean isAtEnd;

        private Pass(JournalMark mark) {
            this.mark = mark;
            this.visitor = visitors.apply(mark);
            long lookBack = from - JournalBatch.EVENTS_MAX;
            this.start = Math.max(mark.fence() + 1, lookBack);
            this.next = JournalKey.batch(persistenceId, start).encode();
            this.tail = lookBack > mark.fence() + 1 ? null : new Tail(mark.fence(), mark.fenceFirst());
        }

        private boolean take(JournalKey key, State state) throws IOException {
            if (state.kind() == State.Kind.ABSENT) {
                // What an append left that was never chosen. A batch that is missing shows at the one after it.
                return true;
            }
            if (!state.isLive()) {
                suspicion = "the batch from " + key.sequence() + " is gone, above the mark at " + mark.fence();
                return false;
            }
            JournalBatch batch = JournalBatchFormat.decode(state.value());
            suspicion = batch.first() == key.sequence()
                    ? gap(tail, start, batch)
                    : "a batch from " + batch.first() + " under number " + key.sequence();
            if (suspicion != null) {
                return false;
            }
            tail = new Tail(batch.last(), batch.first());
            return visitor.visit(batch);
        }

        /** Whether batches that were never seen can have been deleted: the end is then not where the pass saw it. */
        private boolean isOvertakenBy(JournalMark now) {
            return now.fence() > (tail == null ? start - 1 : tail.last());
        }

        private Outcome walked(boolean isStopped) {
            return new Walked(mark, isStopped, tail);
        }
    }

    static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedStage(value);
    }
}
