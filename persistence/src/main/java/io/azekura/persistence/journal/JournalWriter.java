package io.azekura.persistence.journal;

import io.azekura.persistence.Check;
import io.azekura.persistence.journal.Journal.AppendOutcome;
import io.azekura.persistence.journal.Journal.Appended;
import io.azekura.persistence.journal.Journal.Damaged;
import io.azekura.persistence.journal.Journal.End;
import io.azekura.persistence.journal.Journal.Highest;
import io.azekura.persistence.journal.Journal.HighestOutcome;
import io.azekura.persistence.journal.Journal.Numbered;
import io.azekura.persistence.journal.Journal.ReplayOutcome;
import io.azekura.persistence.journal.Journal.Replayed;
import io.azekura.persistence.journal.Journal.Unavailable;
import io.azekura.persistence.register.Repeat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The right of one incarnation of an entity to append: it replays, then writes, and stops for good at the first append
 * that did not certainly succeed or certainly fail. An entity that goes on after that needs a new writer, which replays.
 *
 * <p>One append at a time, without pipelining: the number of a batch may be used only when the batch before it is known
 * to be there. Were the next batch already on its way when the outcome of this one is unknown, it could land alone: a
 * gap. And were this one lost to another incarnation, the next could land among the other's numbers, inside one of its
 * batches. Waiting makes the registers that anybody may ever try to create exactly those that follow a chosen batch, and
 * on each of them two incarnations meet. Events that arrive meanwhile go into one later batch.
 *
 * <p>The numbers come from the replay itself, never from a separate question about the highest one: events of an older
 * incarnation between the two would be passed over, and the entity would write after events that it has not seen.
 */
public final class JournalWriter {
    private static final int REPLAY_EVENTS = 500;

    private final Journal journal;
    private final String persistenceId;
    private final WriterId id;

    private Phase phase = Phase.REPLAYING;
    private boolean isBusy;
    private long next;
    private long previousFirst;

    /** {@code id} must be new for every incarnation. */
    public JournalWriter(Journal journal, String persistenceId, WriterId id) {
        this.journal = journal;
        this.persistenceId = persistenceId;
        this.id = id;
    }

    /** Each follows from the one before; none comes back. */
    public enum Phase {
        REPLAYING,
        WRITING,
        STOPPED
    }

    public synchronized Phase phase() {
        return phase;
    }

    /**
     * Hands every event from number {@code from} to {@code sink}, in order, and then allows appends: {@link Highest}. May be
     * called once; if it fails the writer has stopped. {@code from} is one above a snapshot's number, or 1.
     */
    public CompletionStage<HighestOutcome> replay(long from, Consumer<Numbered> sink) {
        begin(Phase.REPLAYING);
        Replay replay = new Replay(from, sink);
        return Repeat.until(() -> journal.replay(persistenceId, replay.from, Long.MAX_VALUE, REPLAY_EVENTS)
                .thenApply(replay::take));
    }

    /** Appends the events as one batch, all or none. Only while {@link Phase#WRITING}, and one call after the other. */
    public CompletionStage<AppendOutcome> append(List<JournalEvent> events) {
        begin(Phase.WRITING);
        try {
            JournalBatch batch = new JournalBatch(id, next, previousFirst, events);
            return journal.append(persistenceId, batch).thenApply(outcome -> ended(batch, outcome));
        } catch (IllegalArgumentException tooLarge) {
            end(Phase.WRITING);
            throw tooLarge;
        }
    }

    private synchronized AppendOutcome ended(JournalBatch batch, AppendOutcome outcome) {
        if (outcome instanceof Appended) {
            next = batch.last() + 1;
            previousFirst = batch.first();
        }
        boolean mayGoOn = outcome instanceof Appended || outcome instanceof Unavailable;
        end(mayGoOn ? Phase.WRITING : Phase.STOPPED);
        return outcome;
    }

    private synchronized void begin(Phase expected) {
        Check.state(phase == expected && !isBusy, persistenceId + ": " + phase + (isBusy ? " and busy" : ""));
        isBusy = true;
    }

    private synchronized void end(Phase following) {
        phase = following;
        isBusy = false;
    }

    private synchronized HighestOutcome opened(End end) {
        next = end.highest() + 1;
        previousFirst = end.lastFirst();
        end(Phase.WRITING);
        return new Highest(end.highest());
    }

    private HighestOutcome failed(HighestOutcome failure) {
        end(Phase.STOPPED);
        return failure;
    }

    /** How far the replay has come. */
    private final class Replay {
        private final Consumer<Numbered> sink;
        private long from;

        private Replay(long from, Consumer<Numbered> sink) {
            this.from = from;
            this.sink = sink;
        }

        private Optional<HighestOutcome> take(ReplayOutcome outcome) {
            if (!(outcome instanceof Replayed page)) {
                return Optional.of(failed((Journal.Failure) outcome));
            }
            for (Numbered event : page.events()) {
                sink.accept(event);
                from = event.sequence() + 1;
            }
            if (!page.isComplete()) {
                return Optional.empty();
            }
            End end = page.end();
            if (end == null || end.highest() < from - 1) {
                return Optional.of(failed(new Damaged(
                        persistenceId + ": number " + (from - 1) + " was written, but the journal ends before it")));
            }
            return Optional.of(opened(end));
        }
    }
}
