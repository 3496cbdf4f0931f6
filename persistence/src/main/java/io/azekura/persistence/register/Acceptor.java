package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.Unknown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The acceptor of every key of one drive, as decisions without disk, clock or threads: the drive engine hands in the
 * slot of the key and makes durable what is decided before it answers.
 *
 * <p>Promises are only in memory (register rule 7). What makes that safe is a durable <em>bound</em>: the drive answers
 * nothing at or above it, and after a restart refuses everything below it. A promise lives in the table from the
 * prepare to the accept, whose row then stands for it; a table that grows too large forgets its oldest promises and raises a floor in their place.
 *
 * <p>Not safe for several threads: the engine calls it under a lock, with the slot that is current under that lock.
 */
public final class Acceptor {
    /** How far ahead of need the bound is raised, in ballot counters: about one durable record per million attempts. */
    public static final long BOUND_STEP = 1 << 20;

    /** Most promises kept; beyond it the oldest become the floor. At about 100 bytes each this bounds memory. */
    static final int PROMISES_MAX = 1 << 16;

    private final Map<RegisterKey, Ballot> promises = new LinkedHashMap<>();
    private Ballot floor;
    private long bound;

    /** Starts with the bound that was durable when the drive was mounted, 0 on a new one. */
    public Acceptor(long durableBound) {
        Check.argument(durableBound >= 0, "a bound is not negative");
        this.bound = durableBound;
        this.floor = new Ballot(durableBound, 0);
    }

    /** The decision about a prepare. */
    public sealed interface PrepareVerdict {}

    /** The decision about an accept. */
    public sealed interface AcceptVerdict {}

    /** Make a bound of this counter durable, tell it to {@link #raiseBound}, and ask again. */
    public record NeedsBound(long counter) implements PrepareVerdict, AcceptVerdict {}

    /** Answer this; nothing changes on the drive. The body of an unsettled whole row is for the engine to add. */
    public record PrepareAnswer(PrepareReply reply) implements PrepareVerdict {}

    /** Answer this; nothing changes on the drive. */
    public record AcceptAnswer(AcceptReply reply) implements AcceptVerdict {}

    /** Make this slot durable, then answer {@link Accepted}. */
    public record Store(Slot slot) implements AcceptVerdict {}

    /** The counter that must not be reached before a higher one is durable. */
    public long bound() {
        return bound;
    }

    /** Tells that the bound is durable. */
    public void raiseBound(long counter) {
        bound = Math.max(bound, counter);
    }

    /** Whether a bound should be made durable soon, so that nobody has to wait for it. */
    public boolean isBoundNear(Ballot ballot) {
        return ballot.counter() >= bound - BOUND_STEP / 2;
    }

    /** The bound to make durable when this ballot is met. */
    public static long boundFor(Ballot ballot) {
        return ballot.counter() + BOUND_STEP;
    }

    public PrepareVerdict prepare(Prepare prepare, Slot slot) {
        Ballot ballot = prepare.ballot();
        if (ballot.counter() >= bound) {
            return new NeedsBound(boundFor(ballot));
        }
        Ballot greatest = greatest(prepare.key(), slot);
        if (ballot.compareTo(greatest) <= 0) {
            return new PrepareAnswer(new Refused(greatest));
        }
        promise(prepare.key(), ballot);
        return new PrepareAnswer(new Promised(slot.highest(), slot.settled(), null));
    }

    public AcceptVerdict accept(Accept accept, Slot slot) {
        Ballot ballot = accept.ballot();
        if (ballot.counter() >= bound) {
            return new NeedsBound(boundFor(ballot));
        }
        for (Row row : slot.rows()) {
            if (row.accepted().equals(ballot)) {
                boolean repeated = row.state().equals(accept.state());
                return new AcceptAnswer(repeated ? new Accepted() : new Refused(ballot));
            }
        }
        Ballot promised = promises.get(accept.key());
        Ballot least = promised != null ? promised : floor;
        if (ballot.compareTo(least) < 0
                || (promised == null && ballot.equals(floor))
                || ballot.compareTo(slot.accepted()) < 0
                || ballot.compareTo(slot.settled()) < 0) {
            return new AcceptAnswer(new Refused(greatest(accept.key(), slot)));
        }
        if (slot.rows().size() == Slot.ROWS_MAX) {
            return new AcceptAnswer(new Unknown("too many unsettled rows of one key"));
        }
        promises.remove(accept.key());
        return new Store(extend(slot, new Row(ballot, accept.state())));
    }

    /**
     * The slot once the ballot is known chosen: rows below the chosen one are dropped, when the drive has that one. A
     * drive that missed it keeps what it has, and the higher settled ballot tells every reader that this is old.
     */
    public static Slot settle(Slot slot, Ballot chosen) {
        Ballot settled = Ballot.max(slot.settled(), chosen);
        return new Slot(settled, withoutReplaced(slot.rows(), settled));
    }

    private static Slot extend(Slot slot, Row row) {
        List<Row> rows = new ArrayList<>(slot.rows());
        rows.add(row);
        return new Slot(slot.settled(), withoutReplaced(rows, slot.settled()));
    }

    private static List<Row> withoutReplaced(List<Row> rows, Ballot settled) {
        for (int i = rows.size() - 1; i > 0; i--) {
            if (rows.get(i).accepted().equals(settled)) {
                return rows.subList(i, rows.size());
            }
        }
        return rows;
    }

    private Ballot greatest(RegisterKey key, Slot slot) {
        Ballot promised = promises.get(key);
        Ballot known = Ballot.max(slot.accepted(), slot.settled());
        return Ballot.max(known, promised != null ? promised : floor);
    }

    private void promise(RegisterKey key, Ballot ballot) {
        promises.remove(key);
        promises.put(key, ballot);
        if (promises.size() > PROMISES_MAX) {
            var oldest = promises.entrySet().iterator();
            floor = Ballot.max(floor, oldest.next().getValue());
            oldest.remove();
        }
    }
}
