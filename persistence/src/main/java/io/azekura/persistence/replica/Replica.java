package io.azekura.persistence.replica;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Behind;
import io.azekura.persistence.register.Messages.ClockAhead;
import io.azekura.persistence.register.Messages.DeadData;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.MissingShard;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.StaleLayout;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One drive's part in the protocol, as decisions without disk, clock or threads: every request with the durable facts
 * gives a {@link Verdict}, which the drive carries out. The comments name the rule of the register that a decision keeps.
 *
 * <p>What the caller guarantees: requests about a key wait while a record of that key is on its way to the disk, and all
 * requests wait while a record about the whole drive is; so every decision and every reply rests on durable facts only.
 * One thread at a time.
 */
public class Replica {
    /** How far ahead of this drive's clock a version time may be (register rule 12), in microseconds: 60 s. */
    public static final long AHEAD_MICROS_MAX = 60_000_000;

    private final Acceptor acceptor;
    private final Request.Partitions partitions;

    public Replica(Acceptor acceptor, Request.Partitions partitions) {
        this.acceptor = acceptor;
        this.partitions = partitions;
    }

    /** Tells that a promise bound is durable. */
    public final void raiseBound(long counter) {
        acceptor.raiseBound(counter);
    }

    /** Tells that something which this drive accepted can no longer be read. */
    public void lostRows() {
        acceptor.forgot();
    }

    /**
     * Decides about one request.
     *
     * @param layoutVersion what the sender knows to be the version of the partition's layout; ignored for requests about
     *     the whole drive
     * @param nowMicros this drive's wall clock
     */
    public final Verdict decide(Request request, long layoutVersion, ReplicaView view, long nowMicros) {
        int partition = request.partition(partitions);
        if (partition >= 0) {
            if (isStale(layoutVersion, view.layoutVersion(partition))) {
                return new Verdict.Answer(new StaleLayout(view.layoutVersion(partition)));
            }
            if (layoutVersion > view.controlVersion()) {
                return new Verdict.LearnControl(layoutVersion);
            }
        }
        if (request instanceof Request.Keyed keyed) {
            return decideKeyed(keyed, partition, view, nowMicros);
        }
        if (request instanceof Request.FenceSpace fence) {
            return fence(fence, view);
        }
        if (request instanceof Request.TakeGuards take) {
            return append(new ReplicaRecord.Guarded(take.number(), take.guards()));
        }
        return new Verdict.Answer(answer(request, view));
    }

    /** Register rule 9: what was asked under an older layout than the drive durably saw is refused. */
    protected boolean isStale(long asked, long seen) {
        return asked < seen;
    }

    private Verdict decideKeyed(Request.Keyed request, int partition, ReplicaView view, long nowMicros) {
        RegisterKey key = request.key();
        if (request instanceof Request.Read read) {
            return new Verdict.Answer(read(read, partition, view));
        }
        if (request instanceof Request.ReadHeld) {
            return new Verdict.Answer(found(key, view.slot(key), false, view));
        }
        if (request instanceof Request.Promise promise) {
            return promise(promise, partition, view);
        }
        if (request instanceof Request.Store store) {
            return store(store.accept(), partition, view, nowMicros);
        }
        if (request instanceof Request.Settle settle) {
            return settle(settle, view);
        }
        if (request instanceof Request.Stage stage) {
            if (isGone(key, view)) {
                // Nothing will ever name it; what the sender has to know, it learns when it wants that.
                return new Verdict.Answer(Request.Done.INSTANCE);
            }
            return view.isDead(stage.id())
                    ? new Verdict.Answer(new Request.Declined("the data id is dead"))
                    : append(new ReplicaRecord.Staged(key, stage.id(), stage.shard(), stage.bytes()));
        }
        if (request instanceof Request.ReadShard shard) {
            return new Verdict.Answer(new Request.Shard(shard(shard, view)));
        }
        if (request instanceof Request.OlderVersions older) {
            Slot slot = view.slot(key);
            return new Verdict.Answer(
                    mayAnswer(key, partition, view)
                            ? new Request.VersionPage(
                                    slot.base(), slot.settled(), view.versions(key, older.from(), older.max()))
                            : new Request.Declined("unknown"));
        }
        if (request instanceof Request.ReadChosen) {
            return new Verdict.Answer(chosen(key, view));
        }
        return tidy(request, partition, view);
    }

    private Request.Reply chosen(RegisterKey key, ReplicaView view) {
        Slot slot = view.slot(key);
        if (!mayVote(key, view) || slot.rows().isEmpty()) {
            return new Request.Declined("unknown");
        }
        Row first = slot.rows().get(0);
        return first.accepted().equals(slot.settled())
                ? new Request.Chosen(first, body(key, first, view), view.versions(key, Bytes.EMPTY, Integer.MAX_VALUE))
                : new Request.Declined("nothing here is known to be chosen");
    }

    private Verdict tidy(Request.Keyed request, int partition, ReplicaView view) {
        RegisterKey key = request.key();
        if (request instanceof Request.MarkDead mark) {
            return view.isNamed(mark.key(), mark.id())
                    ? new Verdict.Answer(new Request.Declined("a row names the data"))
                    : append(new ReplicaRecord.MarkedDead(mark.id()));
        }
        if (request instanceof Request.Revive revive) {
            return append(new ReplicaRecord.Revived(revive.id()));
        }
        if (request instanceof Request.DropDead drop) {
            return !view.isDead(drop.id()) || view.isNamed(drop.key(), drop.id())
                    ? new Verdict.Answer(new Request.Declined("the data is not dead"))
                    : append(new ReplicaRecord.DroppedDead(drop.id()));
        }
        if (request instanceof Request.HasSettled ask) {
            boolean isSo =
                    isGone(key, view) || (mayVote(ask.key(), view) && hasSettled(view.slot(ask.key()), ask.ballot()));
            return new Verdict.Answer(isSo ? Request.Done.INSTANCE : new Request.Declined("not settled here"));
        }
        if (request instanceof Request.Adopt adopt) {
            return adopt(adopt, partition, view);
        }
        if (request instanceof Request.IsDead ask) {
            return new Verdict.Answer(
                    view.isDead(ask.id()) ? Request.Done.INSTANCE : new Request.Declined("not marked dead here"));
        }
        if (request instanceof Request.DiscardRow ask) {
            return discard(ask, view);
        }
        if (request instanceof Request.Forget forget) {
            return forget(forget, partition, view);
        }
        Request.Collect collect = (Request.Collect) request;
        Slot slot = view.slot(collect.key());
        return slot.rows().isEmpty() || isCollectable(slot, collect.ballot())
                ? append(new ReplicaRecord.Collected(collect.key(), partition, collect.ballot()))
                : new Verdict.Answer(new Request.Declined("no settled tombstone"));
    }

    /** Whether the key was in a bucket that is deleted: nothing of it is kept, and nothing more is needed of it. */
    private static boolean isGone(RegisterKey key, ReplicaView view) {
        Fence fence = view.fence(key.space());
        return fence != null && fence.isGone();
    }

    /** Whether the slot is nothing but this row, and that is settled; for {@link Ballot#ZERO}, nothing at all. */
    protected boolean hasSettled(Slot slot, Ballot ballot) {
        if (ballot.isZero()) {
            return slot.rows().isEmpty();
        }
        return slot.rows().size() == 1
                && slot.accepted().equals(ballot)
                && slot.settled().equals(ballot);
    }

    /** Register rule 11: the slot is nothing but this tombstone, and that is settled. */
    protected boolean isCollectable(Slot slot, Ballot ballot) {
        return hasSettled(slot, ballot) && slot.rows().get(0).state().kind() == State.Kind.TOMBSTONE;
    }

    private Verdict adopt(Request.Adopt adopt, int partition, ReplicaView view) {
        if (isGone(adopt.key(), view)) {
            return new Verdict.Answer(new Request.Declined("the bucket is gone"));
        }
        Slot slot = view.slot(adopt.key());
        Ballot chosen = adopt.row().accepted();
        boolean isDamaged = view.isDamaged(adopt.key());
        boolean isHere = slot.rows().stream().anyMatch(row -> row.accepted().equals(chosen));
        if (isHere && mayVote(adopt.key(), view)) {
            if (slot.settled().equals(chosen) && !slot.isSettled()) {
                return new Verdict.Answer(new Request.Declined("a later row is pending here"));
            }
            return append(new ReplicaRecord.Settled(adopt.key(), chosen, false));
        }
        // A drive that lost it knows not what cannot tell whether its row is among that, and writes it once more.
        boolean isSuspect = isDamaged || (slot.accepted().equals(chosen) && !view.isFaithful());
        if (!isAsked(adopt.collections(), view.collections(partition)) || (!isSuspect && !isAdoptable(slot, chosen))) {
            return new Verdict.Answer(new Request.Declined("not newer than what is here"));
        }
        return append(new ReplicaRecord.Adopted(adopt));
    }

    /** The row goes, and the promise that it stood for stays. */
    private Verdict discard(Request.DiscardRow ask, ReplicaView view) {
        Slot slot = view.slot(ask.key());
        boolean isThere = ask.ballot().compareTo(slot.settled()) > 0
                && slot.rows().stream().anyMatch(row -> row.accepted().equals(ask.ballot()));
        if (!isThere) {
            return new Verdict.Answer(new Request.Declined("no such unsettled row"));
        }
        acceptor.keep(ask.key(), slot.accepted());
        return append(new ReplicaRecord.RowDiscarded(ask.key(), ask.ballot()));
    }

    private Verdict forget(Request.Forget forget, int partition, ReplicaView view) {
        if (mayVote(forget.key(), view)) {
            return new Verdict.Answer(Request.Done.INSTANCE);
        }
        return isAsked(forget.collections(), view.collections(partition))
                ? append(new ReplicaRecord.Forgotten(forget.key()))
                : new Verdict.Answer(new Request.Declined("something was collected since"));
    }

    /**
     * Register rule 11: what was asked for before the last collection may be older than the tombstone that was collected.
     * The floor cannot tell: it is that of the whole partition, and other keys' chosen rows lie below it.
     */
    protected boolean isAsked(long asked, long collections) {
        return asked == collections;
    }

    /** A pulled state replaces what is older, never what is newer. It needs no look at the promises: it is a fact. */
    protected boolean isAdoptable(Slot slot, Ballot chosen) {
        return chosen.compareTo(slot.accepted()) > 0;
    }

    /** Register rule 15: three answers. What this drive does not know for certain is unknown, never nothing. */
    protected ReadReply read(Request.Read read, int partition, ReplicaView view) {
        if (!mayAnswer(read.key(), partition, view)) {
            return new Unknown("damaged or not complete");
        }
        return found(read.key(), view.slot(read.key()), read.body(), view);
    }

    /** Whether the drive knows all about the key that it ever said or is to know. */
    protected boolean mayAnswer(RegisterKey key, int partition, ReplicaView view) {
        return view.isComplete(partition) && view.isFaithful() && !view.isDamaged(key);
    }

    protected static ReadReply found(RegisterKey key, Slot slot, boolean withBody, ReplicaView view) {
        Row highest = slot.highest();
        if (highest == null) {
            return new Nothing();
        }
        Bytes body = withBody ? body(key, highest, view) : null;
        return new Found(highest, slot.settled(), body);
    }

    private static @Nullable Bytes body(RegisterKey key, Row row, ReplicaView view) {
        return row.state().content() instanceof Content.Whole whole ? view.body(key, whole.id()) : null;
    }

    private Verdict promise(Request.Promise promise, int partition, ReplicaView view) {
        RegisterKey key = promise.key();
        if (!mayVote(key, view)) {
            return new Verdict.Answer(new Unknown("damaged or not complete"));
        }
        Slot slot = view.slot(key);
        Acceptor.PrepareVerdict verdict = acceptor.prepare(promise.prepare(), slot, view.collected(partition));
        if (verdict instanceof Acceptor.NeedsBound needs) {
            return new Verdict.RaiseBound(needs.counter());
        }
        PrepareReply reply = ((Acceptor.PrepareAnswer) verdict).reply();
        if (reply instanceof Promised promised && promised.row() != null && !slot.isSettled()) {
            reply = new Promised(
                    promised.row(),
                    promised.settled(),
                    body(key, promised.row(), view),
                    promised.base(),
                    promised.collected());
        }
        return new Verdict.Answer(reply);
    }

    /** Register rule 8: a drive that may have lost what it said neither promises nor accepts. */
    protected boolean mayVote(RegisterKey key, ReplicaView view) {
        return view.isFaithful() && !view.isDamaged(key);
    }

    private Verdict store(Accept accept, int partition, ReplicaView view, long nowMicros) {
        RegisterKey key = accept.key();
        if (!mayVote(key, view)) {
            return new Verdict.Answer(new Unknown("damaged or not complete"));
        }
        Slot slot = view.slot(key);
        AcceptReply refusal = refusal(accept, slot, view, nowMicros);
        if (refusal != null) {
            return new Verdict.Answer(refusal);
        }
        Acceptor.AcceptVerdict verdict = acceptor.accept(accept, slot, view.collected(partition));
        if (verdict instanceof Acceptor.NeedsBound needs) {
            return new Verdict.RaiseBound(needs.counter());
        }
        if (verdict instanceof Acceptor.Store stored) {
            return new Verdict.Append(
                    List.of(new ReplicaRecord.Accepted(
                            key, accept.position(), stored.slot(), stored.row(), accept.body())),
                    new Accepted());
        }
        return new Verdict.Answer(((Acceptor.AcceptAnswer) verdict).reply());
    }

    private @Nullable AcceptReply refusal(Accept accept, Slot slot, ReplicaView view, long nowMicros) {
        Fence fence = view.fence(accept.key().space());
        if (fence != null && isFenced(accept, fence)) {
            return new Fenced(fence.configVersion(), fence.closed());
        }
        long ahead = accept.state().timeMicros() - nowMicros;
        if (isAhead(ahead) && !accept.isFinishing() && !isSuccessor(accept.state(), slot)) {
            return new ClockAhead(ahead);
        }
        State.Kind held = slot.rows().isEmpty() ? State.Kind.ABSENT : heldKind(slot);
        if (isDeleted(accept, held, view)) {
            return new Fenced(0, true);
        }
        DataId named = dataId(accept.state().content());
        if (named != null && namesDead(named, view)) {
            return new DeadData();
        }
        return lacksVersion(accept, view) ? new Behind(slot.base()) : missingShard(accept, view);
    }

    /**
     * Register rule 6: whether the accept makes an older version of one whose bytes this drive never got, because it missed
     * the row that had them. Its base is then not the one that the accept builds on, whatever the histories say.
     */
    protected boolean lacksVersion(Accept accept, ReplicaView view) {
        for (VersionEdit edit : accept.edits()) {
            if (edit instanceof VersionEdit.Add add && lacks(add.content(), accept, view)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lacks(Content content, Accept accept, ReplicaView view) {
        if (content instanceof Content.Whole whole) {
            return view.body(accept.key(), whole.id()) == null;
        }
        return content instanceof Content.Sharded sharded && lackedShard(sharded, accept, view) >= 0;
    }

    /** The first shard that the content says is at this position and is not, or -1. */
    private static int lackedShard(Content.Sharded sharded, Accept accept, ReplicaView view) {
        for (int shard = 0; shard < sharded.holders().size(); shard++) {
            if (sharded.holders().get(shard) == accept.position() && view.shard(sharded.id(), shard) == null) {
                return shard;
            }
        }
        return -1;
    }

    private static State.Kind heldKind(Slot slot) {
        return java.util.Objects.requireNonNull(slot.highest()).state().kind();
    }

    /** Register rule 10: the bucket is closed, or its configuration newer than the writer's. */
    protected boolean isFenced(Accept accept, Fence fence) {
        return fence.closed() || (accept.state().configVersion() < fence.configVersion() && !accept.isFinishing());
    }

    /** Register rule 16: no row names what was marked dead. */
    protected boolean namesDead(DataId id, ReplicaView view) {
        return view.isDead(id);
    }

    /** Whether a state's time is too far ahead of the drive's clock (register rule 12). */
    protected boolean isAhead(long aheadMicros) {
        return aheadMicros > AHEAD_MICROS_MAX;
    }

    /** Whether a batch of a journal is below what was deleted (register rule 13). */
    protected boolean isDeleted(Accept accept, State.Kind held, ReplicaView view) {
        return view.deletionMarks().refuses(accept.key(), accept.state().kind(), held);
    }

    /** The bytes of one shard of exactly this data, or null (register rule 20). */
    protected @Nullable Bytes shard(Request.ReadShard asked, ReplicaView view) {
        return view.shard(asked.id(), asked.shard());
    }

    private static boolean isSuccessor(State state, Slot slot) {
        return slot.rows().stream()
                .anyMatch(row -> row.state().timeMicros() + 1 >= state.timeMicros()
                        && row.state().timeMicros() > 0);
    }

    /** Register rules 1 and 16: a drive that lacks a shard which the row says it has does not take the row. */
    protected @Nullable AcceptReply missingShard(Accept accept, ReplicaView view) {
        int shard =
                accept.state().content() instanceof Content.Sharded sharded ? lackedShard(sharded, accept, view) : -1;
        return shard >= 0 ? new MissingShard(shard) : null;
    }

    private static Verdict settle(Request.Settle settle, ReplicaView view) {
        Slot slot = view.slot(settle.key());
        boolean isNews = settle.ballot().compareTo(slot.settled()) > 0 || settle.everywhere();
        return slot.rows().isEmpty() || !isNews
                ? new Verdict.Answer(Request.Done.INSTANCE)
                : append(new ReplicaRecord.Settled(settle.key(), settle.ballot(), settle.everywhere()));
    }

    private Verdict fence(Request.FenceSpace fence, ReplicaView view) {
        Fence old = view.fence(fence.space());
        boolean isNewer = old == null || old.configVersion() <= fence.fence().configVersion();
        return isNewer
                ? append(new ReplicaRecord.Fenced(fence.space(), fence.fence()))
                : new Verdict.Answer(Request.Done.INSTANCE);
    }

    private Object answer(Request request, ReplicaView view) {
        if (request instanceof Request.Collections count) {
            return new Request.Count(view.collections(count.number()));
        }
        if (request instanceof Request.Chores chores) {
            return view.chores(chores.number(), chores.max());
        }
        if (request instanceof Request.HeldKeys held) {
            List<RegisterKey> keys = view.keys(held.number(), held.after(), false, held.max());
            return new Request.KeyPage(keys, keys.size() < held.max());
        }
        if (request instanceof Request.Ranged ranged && !mayAnswer(ranged.number(), view)) {
            return new Request.Declined("not complete");
        }
        if (request instanceof Request.ScanRows scan) {
            return scan(scan, view);
        }
        if (request instanceof Request.Keys ask) {
            List<RegisterKey> keys = view.keys(ask.number(), ask.after(), ask.missed(), ask.max());
            return new Request.KeyPage(keys, keys.size() < ask.max());
        }
        if (request instanceof Request.Guards guards) {
            return view.guards(guards.number());
        }
        return new Request.DriveStatus(view.controlVersion(), view.completed());
    }

    /** Whether the drive may say that a partition has no other keys than it tells (register rule 19). */
    protected boolean mayAnswer(int partition, ReplicaView view) {
        return view.isComplete(partition) && view.isFaithful();
    }

    private Object scan(Request.ScanRows scan, ReplicaView view) {
        List<Request.KeyedRow> rows = new ArrayList<>();
        for (Map.Entry<RegisterKey, Slot> entry :
                view.rows(scan.space(), scan.from()).entrySet()) {
            RegisterKey key = entry.getKey();
            if (!key.key().startsWith(scan.prefix())) {
                break;
            }
            if (partitions.of(key) != scan.number()) {
                continue;
            }
            if (view.isDamaged(key)) {
                return new Request.Declined("damaged");
            }
            Row highest = entry.getValue().highest();
            if (highest == null) {
                continue;
            }
            if (rows.size() == scan.max()) {
                return new Request.RowPage(rows, false);
            }
            rows.add(new Request.KeyedRow(
                    key, new Found(highest, entry.getValue().settled())));
        }
        return new Request.RowPage(rows, true);
    }

    /** The data id that a content names, or null. */
    public static @Nullable DataId dataId(Content content) {
        if (content instanceof Content.Whole whole) {
            return whole.id();
        }
        return content instanceof Content.Sharded sharded ? sharded.id() : null;
    }

    private static Verdict append(ReplicaRecord logged) {
        return new Verdict.Append(List.of(logged), Request.Done.INSTANCE);
    }
}
