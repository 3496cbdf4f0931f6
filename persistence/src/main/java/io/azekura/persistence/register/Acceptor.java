package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Behind;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.Unknown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
public class Acceptor {
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

    /**
     * Make this slot durable, then answer {@link Accepted}. {@code row} is what was added, with the edits that lead from
     * the older versions settled before; when its ballot is known chosen already, the slot has them settled.
     */
    public record Store(Slot slot, Row row) implements AcceptVerdict {}

    /** The counter that must not be reached before a higher one is durable. */
    public long bound() {
        return bound;
    }

    /** Tells that the bound is durable. */
    public void raiseBound(long counter) {
        bound = Math.max(bound, counter);
    }

    /**
     * Some row, which may have stood for a promise, is lost: everything below the bound is refused from now on, as after a
     * restart (register rule 7). Without this a drive whose damaged row was replaced by an older chosen one could promise
     * a ballot below one that it had accepted and been counted for.
     */
    public final void forgot() {
        promises.clear();
        floor = Ballot.max(floor, new Ballot(bound, 0));
    }

    /** Whether a bound should be made durable soon, so that nobody has to wait for it. */
    public boolean isBoundNear(Ballot ballot) {
        return ballot.counter() >= bound - BOUND_STEP / 2;
    }

    /** The bound to make durable when this ballot is met. */
    public static long boundFor(Ballot ballot) {
        return ballot.counter() + BOUND_STEP;
    }

    /** Decides about a prepare in a partition where no tombstone was ever collected. */
    public final PrepareVerdict prepare(Prepare prepare, Slot slot) {
        return prepare(prepare, slot, Ballot.ZERO);
    }

    /** Decides about an accept in a partition where no tombstone was ever collected. */
    public final AcceptVerdict accept(Accept accept, Slot slot) {
        return accept(accept, slot, Ballot.ZERO);
    }

    /** {@code collected} is the highest ballot of a tombstone that was collected in the key's partition. */
    public PrepareVerdict prepare(Prepare prepare, Slot slot, Ballot collected) {
        Ballot ballot = prepare.ballot();
        if (ballot.counter() >= bound) {
            return new NeedsBound(boundFor(ballot));
        }
        Ballot greatest = greatest(prepare.key(), slot, collected);
        if (ballot.compareTo(greatest) <= 0) {
            return new PrepareAnswer(new Refused(greatest));
        }
        promise(prepare.key(), ballot);
        Ballot mayHaveCollected = slot.rows().isEmpty() ? collected : Ballot.ZERO;
        return new PrepareAnswer(new Promised(slot.highest(), slot.settled(), null, slot.base(), mayHaveCollected));
    }

    /** {@code collected} is the highest ballot of a tombstone that was collected in the key's partition. */
    public AcceptVerdict accept(Accept accept, Slot slot, Ballot collected) {
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
        if (isTooLow(accept, slot, collected)) {
            return new AcceptAnswer(new Refused(greatest(accept.key(), slot, collected)));
        }
        List<VersionEdit> edits = editsFromBase(accept, slot);
        if (edits == null) {
            return new AcceptAnswer(new Behind(slot.base()));
        }
        Row highest = slot.highest();
        boolean isSame = highest != null && highest.state().equals(accept.state());
        if (slot.rows().size() == Slot.ROWS_MAX && !isSame) {
            return new AcceptAnswer(new Unknown("too many unsettled rows of one key"));
        }
        promises.remove(accept.key());
        Row row = new Row(ballot, accept.state(), edits);
        return new Store(extend(slot, row), row);
    }

    /** Whether a promise, a row or a collection keeps the accept out. */
    protected boolean isTooLow(Accept accept, Slot slot, Ballot collected) {
        Ballot ballot = accept.ballot();
        Ballot promised = promises.get(accept.key());
        if (promised == null && ballot.compareTo(floor) <= 0) {
            return true;
        }
        return (promised != null && ballot.compareTo(promised) < 0)
                || ballot.compareTo(slot.accepted()) < 0
                || ballot.compareTo(slot.settled()) < 0
                || (slot.rows().isEmpty() && ballot.compareTo(collected) <= 0);
    }

    /**
     * What leads from the older versions that the slot has settled to those of the state, or null when the drive has none
     * of the states that the accept builds on (register rule 6). The edits are in the order in which they were made, so
     * that a drive which is further on than the base finds itself in the middle of them.
     */
    protected @Nullable List<VersionEdit> editsFromBase(Accept accept, Slot slot) {
        List<VersionEdit> edits = accept.edits();
        for (int done = edits.size(); done >= 0; done--) {
            History at = accept.base().with(edits.subList(0, done));
            List<VersionEdit> before = editsTo(at, slot);
            if (before != null) {
                List<VersionEdit> all = new ArrayList<>(before);
                all.addAll(edits.subList(done, edits.size()));
                return all;
            }
        }
        return null;
    }

    /** What leads from what the slot has settled to these versions, if a row here covers them or they are the settled ones. */
    private static @Nullable List<VersionEdit> editsTo(History versions, Slot slot) {
        for (int i = slot.rows().size() - 1; i >= 0; i--) {
            Row row = slot.rows().get(i);
            if (row.state().history().equals(versions)) {
                return row.edits();
            }
        }
        return slot.base().equals(versions) ? List.of() : null;
    }

    /**
     * The slot once the ballot is known chosen: rows below the chosen one are dropped, when the drive has that one. A
     * drive that missed it keeps what it has, and the higher settled ballot tells every reader that this is old.
     */
    public static Slot settle(Slot slot, Ballot chosen) {
        return settle(slot, chosen, id -> null);
    }

    /** {@code records} are the older versions that the drive has settled, by id. */
    public static Slot settle(Slot slot, Ballot chosen, VersionEdit.Records records) {
        Ballot settled = Ballot.max(slot.settled(), chosen);
        return withoutReplaced(settled, slot.rows(), slot.base(), records);
    }

    /**
     * The same state once more: only its ballot rises. Whoever keeps trying to finish it must not fill the slot; but the
     * first of its rows stays, so that a settle mark of any ballot in between still says which state is chosen.
     */
    private static Slot extend(Slot slot, Row row) {
        List<Row> rows = new ArrayList<>(slot.rows());
        int last = rows.size() - 1;
        boolean isSame = last >= 0 && rows.get(last).state().equals(row.state());
        boolean isThird = isSame && last >= 1 && rows.get(last - 1).state().equals(row.state());
        if (isThird || (isSame && rows.size() == Slot.ROWS_MAX)) {
            rows.remove(last);
        }
        rows.add(row);
        return withoutReplaced(slot.settled(), rows, slot.base(), id -> null);
    }

    /** A slot whose first row is the settled one, if the drive has that. */
    private static Slot withoutReplaced(Ballot settled, List<Row> rows, History base, VersionEdit.Records records) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            if (rows.get(i).accepted().equals(settled)) {
                return rebased(settled, rows.subList(i, rows.size()), records);
            }
            if (isBetween(settled, rows, i)) {
                List<Row> chosen = new ArrayList<>(rows.subList(i, rows.size()));
                chosen.set(0, new Row(settled, rows.get(i).state(), rows.get(i).edits()));
                return rebased(settled, chosen, records);
            }
        }
        return new Slot(settled, rows, base);
    }

    /**
     * Whether the settled ballot lies between a row and a later one of the same state. Then that state is the chosen one:
     * any other would have left its operation in the later row.
     */
    private static boolean isBetween(Ballot settled, List<Row> rows, int row) {
        return row + 1 < rows.size()
                && rows.get(row).accepted().compareTo(settled) < 0
                && settled.compareTo(rows.get(row + 1).accepted()) < 0
                && rows.get(row).state().equals(rows.get(row + 1).state());
    }

    /** Makes the versions of the first row those that the others' edits lead from. */
    private static Slot rebased(Ballot settled, List<Row> rows, VersionEdit.Records records) {
        Row chosen = rows.get(0);
        if (chosen.edits().isEmpty()) {
            return new Slot(settled, rows, chosen.state().history());
        }
        List<Row> next = new ArrayList<>(rows.size());
        next.add(new Row(chosen.accepted(), chosen.state()));
        for (Row later : rows.subList(1, rows.size())) {
            List<VersionEdit> edits = VersionEdit.rebased(later.edits(), chosen.edits(), records);
            next.add(new Row(later.accepted(), later.state(), edits));
        }
        return new Slot(settled, next, chosen.state().history());
    }

    /**
     * The rows that went when a slot became another, and that were never chosen as far as the drive can tell. Their shards are
     * as they were before the accept: staged. Whoever staged them may still try to have them named and counts on them (register
     * rule 1), so only a scavenger may take them away (rule 16).
     */
    public static List<Row> unchosen(Slot before, Slot after) {
        Row first = after.rows().isEmpty() ? null : after.rows().get(0);
        State chosen = first != null && first.accepted().equals(after.settled()) ? first.state() : State.ABSENT;
        List<Row> unchosen = new ArrayList<>();
        for (Row row : before.rows()) {
            boolean isChosen = row.accepted().equals(before.settled()) || isPartOf(row.state(), chosen);
            boolean isThere =
                    after.rows().stream().anyMatch(left -> left.state().equals(row.state()));
            if (!isChosen && !isThere) {
                unchosen.add(row);
            }
        }
        return unchosen;
    }

    /** Whether the last operation of a state is known to be one of another's. */
    private static boolean isPartOf(State state, State of) {
        int last = state.applied().size() - 1;
        return last >= 0 && of.contains(state.applied().get(last).operation());
    }

    /** A row that stood for the promise of this ballot is about to go. */
    public final void keep(RegisterKey key, Ballot ballot) {
        Ballot promised = promises.get(key);
        if (promised == null || promised.compareTo(ballot) < 0) {
            promise(key, ballot);
        }
    }

    /** The slot without an unsettled row, and without an earlier one of the same state. */
    public static Slot without(Slot slot, Ballot unsettled) {
        List<Row> rows = new ArrayList<>(slot.rows());
        for (Row row : slot.rows()) {
            if (row.accepted().equals(unsettled) && unsettled.compareTo(slot.settled()) > 0) {
                rows.removeIf(same ->
                        same.state().equals(row.state()) && same.accepted().compareTo(slot.settled()) > 0);
            }
        }
        return new Slot(slot.settled(), rows, slot.base());
    }

    private Ballot greatest(RegisterKey key, Slot slot, Ballot collected) {
        Ballot promised = promises.get(key);
        Ballot known = Ballot.max(slot.accepted(), slot.settled());
        if (slot.rows().isEmpty()) {
            known = Ballot.max(known, collected);
        }
        return Ballot.max(known, promised != null ? promised : floor);
    }

    protected void promise(RegisterKey key, Ballot ballot) {
        promises.remove(key);
        promises.put(key, ballot);
        if (promises.size() > promisesMax()) {
            var oldest = promises.entrySet().iterator();
            floor = floorWithout(floor, oldest.next().getValue());
            oldest.remove();
        }
    }

    /** Below what everything is refused once this promise is no longer remembered by name. */
    protected Ballot floorWithout(Ballot floor, Ballot evicted) {
        return Ballot.max(floor, evicted);
    }

    /** Most promises kept; the oldest beyond it become the floor. */
    protected int promisesMax() {
        return PROMISES_MAX;
    }
}
