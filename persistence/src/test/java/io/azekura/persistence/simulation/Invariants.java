package io.azekura.persistence.simulation;

import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.ChangeId;
import io.azekura.persistence.object.HeadFormat;
import io.azekura.persistence.object.OutboxEntry;
import io.azekura.persistence.object.Usage;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.Messages;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaRecord;
import io.azekura.persistence.replica.Request;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be true after every step, each as a class of its own, and what must be true when all is quiet. */
final class Invariants {
    private final World world;
    private final List<Invariant> all;
    private final UsageIsCensus usage;
    private final DeliveredOnce outbox;
    private final SettledIsKept settledIsKept;
    private final BucketInvariants.FencesHold fences;
    private final BucketInvariants.LivesDoNotReturn lives;
    private final BucketInvariants.OutdatedIsOnlyFinished outdated;
    private final NothingIsForgotten forgotten;

    /** One thing that is always true. It is told of every reply and of every record that became durable. */
    abstract static class Invariant {
        private final World world;

        Invariant(World world) {
            this.world = world;
        }

        void answered(SimDrive drive, Request request, Object answer) {}

        /** Called when the record is durable and applied; {@code before} is the slot of its key as it was. */
        void applied(SimDrive drive, ReplicaRecord one) {}

        void atTheEnd() {}

        final World world() {
            return world;
        }

        final void broken(String what) {
            world.broken(getClass().getSimpleName() + ": " + what);
        }
    }

    Invariants(World world) {
        this.world = world;
        this.usage = new UsageIsCensus(world);
        this.outbox = new DeliveredOnce(world);
        this.settledIsKept = new SettledIsKept(world);
        this.fences = new BucketInvariants.FencesHold(world);
        this.lives = new BucketInvariants.LivesDoNotReturn(world);
        this.outdated = new BucketInvariants.OutdatedIsOnlyFinished(world);
        this.forgotten = new NothingIsForgotten(world);
        this.all = List.of(
                new OneStatePerBallot(world),
                new PromisesAreKept(world),
                new SettledIsChosen(world),
                settledIsKept,
                forgotten,
                new TombstonesAreEverywhere(world),
                new DeadIsNotNamed(world),
                new ReplicasAgree(world),
                new HistoryIsWhatIsThere(world),
                usage,
                outbox,
                new BucketInvariants.ClosedTakesNothing(world),
                outdated,
                fences,
                new BucketInvariants.LearnersKnowFences(world, fences),
                lives);
    }

    void sent(Request request) {
        sent++;
    }

    private long sent;

    long messages() {
        return sent;
    }

    void answered(SimDrive drive, Request request, Object answer) {
        all.forEach(one -> one.answered(drive, request, answer));
    }

    void applied(SimDrive drive, ReplicaRecord record) {
        all.forEach(one -> one.applied(drive, record));
    }

    /** A record that survived a crash may never have been told of when it became durable. */
    void recovered(SimDrive drive, ReplicaRecord record) {
        if (record instanceof ReplicaRecord.Accepted) {
            all.stream()
                    .filter(one -> one instanceof SettledIsChosen || one instanceof OneStatePerBallot)
                    .forEach(one -> one.applied(drive, record));
            outdated.recovered(record);
        } else if (record instanceof ReplicaRecord.Collected || record instanceof ReplicaRecord.Forgotten) {
            settledIsKept.applied(drive, record);
        }
        forgotten.applied(drive, record);
    }

    /** Somebody was told that a fence is in effect. */
    void fenced(long space, long configVersion, boolean closed) {
        fences.inEffect(space, new Fence(configVersion, closed));
    }

    /** What is still to be done about buckets, or nothing. */
    String bucketsLeft() {
        return lives.left();
    }

    void delivered(OutboxEntry entry) {
        outbox.delivered(entry);
    }

    void discarded(SimDrive drive) {
        // What a lost drive had promised and accepted stays true of its id, which never comes back.
    }

    boolean isEverythingTold() {
        return outbox.isEverythingTold();
    }

    void atTheEnd() {
        all.forEach(Invariant::atTheEnd);
    }

    boolean isRedundant() {
        return world.drives().stream().allMatch(drive -> leftOver(drive).isEmpty());
    }

    /** What a drive still has to do, or nothing. */
    String leftOver(SimDrive drive) {
        StringBuilder left = new StringBuilder();
        for (int partition : world.partitions()) {
            if (world.isMember(drive, partition)) {
                for (RegisterKey key : drive.memory().keys(partition, null, true, 3)) {
                    left.append(" drive ")
                            .append(drive.slot())
                            .append(" is not sure of ")
                            .append(key)
                            .append(';');
                }
            }
        }
        return left.toString();
    }

    private record Voted(RegisterKey key, Ballot ballot) {}

    private record Vote(DriveId drive, RegisterKey key) {}

    /** Under one ballot at most one state is ever accepted, by whichever drive. */
    private static final class OneStatePerBallot extends Invariant {
        private final Map<Voted, State> states = new HashMap<>();

        private OneStatePerBallot(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accepted) {
                Voted voted = new Voted(accepted.key(), accepted.row().accepted());
                State other = states.putIfAbsent(voted, accepted.row().state());
                if (other != null && !other.equals(accepted.row().state())) {
                    broken("two states for " + voted);
                }
            }
        }
    }

    /** A drive accepts nothing below what it promised, whether it was restarted in between or not. */
    private static final class PromisesAreKept extends Invariant {
        private final Map<Vote, Ballot> promised = new HashMap<>();

        private PromisesAreKept(World world) {
            super(world);
        }

        @Override
        void answered(SimDrive drive, Request request, Object answer) {
            if (request instanceof Request.Promise promise
                    && answer instanceof Messages.Promised
                    && !isGone(drive, promise.key())) {
                Vote vote = new Vote(drive.id(), promise.key());
                Ballot ballot = promise.prepare().ballot();
                Ballot before = promised.getOrDefault(vote, Ballot.ZERO);
                if (ballot.compareTo(before) < 0) {
                    broken("drive " + drive.slot() + " promised " + ballot + " after " + before + " for "
                            + promise.key());
                }
                promised.put(vote, Ballot.max(ballot, before));
            }
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Learning) {
                // What it promised as a member of an earlier set is refused by the layout now.
                promised.keySet().removeIf(vote -> vote.drive().equals(drive.id()));
            }
            if (one instanceof ReplicaRecord.Accepted accepted) {
                Ballot before = promised.getOrDefault(new Vote(drive.id(), accepted.key()), Ballot.ZERO);
                if (accepted.row().accepted().compareTo(before) < 0) {
                    broken("drive " + drive.slot() + " accepted "
                            + accepted.row().accepted() + " after it promised " + before + " for " + accepted.key());
                }
            }
        }
    }

    /**
     * A ballot is called chosen only after a majority of every group accepted its state, and with enough shards: under
     * some layout that there was, since a layout may have changed between the accepts and now.
     */
    private static final class SettledIsChosen extends Invariant {
        private final Map<Voted, Set<DriveId>> accepted = new HashMap<>();
        private final Set<Voted> known = new HashSet<>();

        private SettledIsChosen(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accept) {
                accepted.computeIfAbsent(new Voted(accept.key(), accept.row().accepted()), same -> new HashSet<>())
                        .add(drive.id());
            } else if (one instanceof ReplicaRecord.Settled settled) {
                check(new Voted(settled.key(), settled.ballot()));
            } else if (one instanceof ReplicaRecord.Adopted adopted) {
                check(new Voted(adopted.adopt().key(), adopted.adopt().row().accepted()));
            }
        }

        private void check(Voted voted) {
            int partition = world().partitionOf(voted.key());
            if (partition >= 0 && known.add(voted)) {
                Set<DriveId> drives = accepted.getOrDefault(voted, Set.of());
                boolean isChosen = world().layoutsOf(partition).stream()
                        .anyMatch(layout -> isMajority(layout, layout.quorum(), drives));
                if (!isChosen) {
                    broken(voted + " is called chosen and was accepted by " + drives.size() + " drives");
                }
            }
        }

        private static boolean isMajority(PartitionLayout layout, Quorum quorum, Set<DriveId> drives) {
            int set = 0;
            List<DriveId> replicas = layout.replicas();
            for (int replica = 0; replica < replicas.size(); replica++) {
                set |= drives.contains(replicas.get(replica)) ? 1 << replica : 0;
            }
            return quorum.isWrite(set);
        }
    }

    /** A drive lets go of a settled row only when a later one is settled there, or its tombstone is collected. */
    private static final class SettledIsKept extends Invariant {
        private final Map<Vote, Row> settled = new HashMap<>();

        private SettledIsKept(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            RegisterKey key = keyOf(one);
            if (key == null) {
                if (one instanceof ReplicaRecord.Learning) {
                    settled.keySet().removeIf(vote -> vote.drive().equals(drive.id()));
                }
                return;
            }
            Vote vote = new Vote(drive.id(), key);
            Slot slot = drive.memory().slot(key);
            Row before = settled.get(vote);
            if (before != null && one instanceof ReplicaRecord.Accepted) {
                boolean isKept =
                        slot.rows().stream().anyMatch(row -> row.state().equals(before.state()));
                boolean isReplaced = slot.settled().compareTo(before.accepted()) > 0;
                if (!isKept && !isReplaced) {
                    broken("drive " + drive.slot() + " let go of the settled row " + before.accepted() + " of " + key);
                }
            }
            Row first = slot.rows().isEmpty() ? null : slot.rows().get(0);
            if (first != null && first.accepted().equals(slot.settled())) {
                settled.put(vote, first);
            } else if (slot.rows().isEmpty()) {
                settled.remove(vote);
            }
        }
    }

    /**
     * What a drive accepted it has when it is asked, or it says that it does not know. That is not so before it is mounted:
     * it then answers for the control log with what is on its disk, and only the log tells whether that is old.
     */
    private static final class NothingIsForgotten extends Invariant {
        private final Map<Vote, Ballot> accepted = new HashMap<>();

        private NothingIsForgotten(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accept) {
                accepted.merge(new Vote(drive.id(), accept.key()), accept.row().accepted(), Ballot::max);
            } else if (one instanceof ReplicaRecord.Adopted adopted) {
                accepted.put(
                        new Vote(drive.id(), adopted.adopt().key()),
                        adopted.adopt().row().accepted());
            } else if (one instanceof ReplicaRecord.Collected collected) {
                accepted.computeIfPresent(
                        new Vote(drive.id(), collected.key()),
                        (vote, ballot) -> ballot.compareTo(collected.ballot()) > 0 ? ballot : null);
            } else if (one instanceof ReplicaRecord.RowDiscarded voided) {
                accepted.put(
                        new Vote(drive.id(), voided.key()),
                        drive.memory().slot(voided.key()).accepted());
            } else if (one instanceof ReplicaRecord.Forgotten lost) {
                accepted.remove(new Vote(drive.id(), lost.key()));
            } else if (one instanceof ReplicaRecord.Booted
                    && drive.disk().hasLied()
                    && !world().hasLostWhatWasSeen(drive.found())) {
                dropUntold(drive);
            } else if (one instanceof ReplicaRecord.Learning || one instanceof ReplicaRecord.Completed) {
                // It begins anew, or has compared all that it has with what the others have.
                accepted.keySet().removeIf(vote -> vote.drive().equals(drive.id()));
            }
        }

        /** What a lying sync lost before any reply told of it: as if it had never been accepted. */
        private void dropUntold(SimDrive drive) {
            accepted.replaceAll((vote, ballot) -> {
                Ballot left = drive.memory().slot(vote.key()).accepted();
                return vote.drive().equals(drive.id()) && left.compareTo(ballot) < 0 ? left : ballot;
            });
        }

        @Override
        void answered(SimDrive drive, Request request, Object answer) {
            if (!drive.isServing()) {
                return;
            }
            if (answer instanceof Messages.Found found && request instanceof Request.Read read) {
                check(drive, read.key(), found.row());
            } else if (answer instanceof Messages.Nothing && request instanceof Request.Read read) {
                check(drive, read.key(), null);
            } else if (answer instanceof Messages.Promised promised && request instanceof Request.Promise promise) {
                check(drive, promise.key(), promised.row());
            }
        }

        private void check(SimDrive drive, RegisterKey key, @Nullable Row shown) {
            Ballot before = accepted.getOrDefault(new Vote(drive.id(), key), Ballot.ZERO);
            Ballot now = shown == null ? Ballot.ZERO : shown.accepted();
            if (now.compareTo(before) < 0 && !isGone(drive, key)) {
                broken("drive " + drive.slot() + " shows " + now + " of " + key + " and had accepted " + before);
            }
        }
    }

    /** When a tombstone is collected no replica has, or can still take, anything older of the key. */
    private static final class TombstonesAreEverywhere extends Invariant {
        private TombstonesAreEverywhere(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Collected collected && collected.partition() >= 0) {
                PartitionLayout layout = world().newest().partition(collected.partition());
                for (SimDrive other : world().drives()) {
                    Slot slot = other.memory().slot(collected.key());
                    boolean isOlder = !slot.rows().isEmpty() && slot.accepted().compareTo(collected.ballot()) < 0;
                    // A drive that was here before lets go of everything before it begins to learn.
                    boolean willForget = layout.learners().contains(other.id())
                            && other.memory().controlVersion() < layout.begun();
                    if (isOlder && layout.replicas().contains(other.id()) && other.isServing() && !willForget) {
                        broken("the tombstone " + collected.ballot() + " of " + collected.key()
                                + " is collected while drive " + other.slot() + " has " + slot.accepted());
                    }
                }
            }
        }
    }

    /** What a scavenger deletes is named by no settled row that is current somewhere. */
    private static final class DeadIsNotNamed extends Invariant {
        private DeadIsNotNamed(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.DroppedDead dropped) {
                for (SimDrive other : world().drives()) {
                    other.memory().slots().forEach((key, slot) -> check(other, key, slot, dropped.id()));
                }
            }
        }

        private void check(SimDrive drive, RegisterKey key, Slot slot, DataId id) {
            for (Row row : slot.rows()) {
                boolean isCurrent = row.accepted().equals(slot.settled());
                if (isCurrent
                        && isNewest(key, slot.settled())
                        && id.equals(Replica.dataId(row.state().content()))) {
                    broken("the bytes of " + id + " are deleted, and drive " + drive.slot() + " has them settled for "
                            + key);
                }
            }
        }

        private boolean isNewest(RegisterKey key, Ballot settled) {
            return world().drives().stream()
                    .allMatch(drive -> drive.memory().slot(key).settled().compareTo(settled) <= 0);
        }
    }

    /** When all is quiet, all replicas of a key have the same settled row, and every shard is where the row says. */
    private static final class ReplicasAgree extends Invariant {
        private ReplicasAgree(World world) {
            super(world);
        }

        @Override
        void atTheEnd() {
            for (int partition : world().partitions()) {
                List<DriveId> replicas = world().newest().partition(partition).replicas();
                TreeMap<RegisterKey, State> states = new TreeMap<>();
                for (SimDrive drive : world().drives()) {
                    if (replicas.contains(drive.id())) {
                        for (RegisterKey key : drive.memory().keys(partition, null, false, Integer.MAX_VALUE)) {
                            Slot slot = drive.memory().slot(key);
                            Row row = java.util.Objects.requireNonNull(slot.highest());
                            State other = states.putIfAbsent(key, row.state());
                            if (other != null && !other.equals(row.state())) {
                                broken("the drives have different states of " + key);
                            }
                            int position = replicas.indexOf(drive.id());
                            checkBytes(drive, position, key, row.state().content());
                            drive.memory()
                                    .versions(key, Bytes.EMPTY, Integer.MAX_VALUE)
                                    .forEach(version -> checkBytes(drive, position, key, version.content()));
                        }
                    }
                }
            }
        }

        private void checkBytes(SimDrive drive, int position, RegisterKey key, Content content) {
            if (content instanceof Content.Whole whole && drive.memory().body(key, whole.id()) == null) {
                broken("drive " + drive.slot() + " lacks the body of " + key);
            }
            if (content instanceof Content.Sharded sharded) {
                for (int shard = 0; shard < sharded.holders().size(); shard++) {
                    boolean isOwn = sharded.holders().get(shard) == position;
                    if (isOwn && drive.memory().shard(sharded.id(), shard) == null) {
                        broken("drive " + drive.slot() + " lacks shard " + shard + " of " + key);
                    }
                }
            }
        }
    }

    /** The older versions that a drive keeps are those that its slot says it has settled, with their bytes. */
    private static final class HistoryIsWhatIsThere extends Invariant {
        private HistoryIsWhatIsThere(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            RegisterKey key = keyOf(one);
            if (key == null || key.space() != Clients.VERSIONED_SPACE || isInDoubt(drive, key)) {
                return;
            }
            History found = History.EMPTY;
            for (VersionEdit.Add version : drive.memory().versions(key, Bytes.EMPTY, Integer.MAX_VALUE)) {
                found = found.with(version);
                if (version.content() instanceof Content.Whole whole
                        && drive.memory().body(key, whole.id()) == null) {
                    broken("drive " + drive.slot() + " lacks the body " + whole + " of an older version of " + key
                            + " after " + one);
                }
            }
            Slot slot = drive.memory().slot(key);
            if (!slot.base().equals(found)) {
                broken("drive " + drive.slot() + " says " + slot.base() + " and has " + found + " of " + key + " after "
                        + one);
            }
        }

        /** Records of the key may be missing: nothing that the drive has of it is used before it was compared. */
        private static boolean isInDoubt(SimDrive drive, RegisterKey key) {
            return !drive.memory().isFaithful() || drive.memory().isDamaged(key);
        }
    }

    /** What row changes add up to on each drive is what a census finds, when all is quiet. */
    private static final class UsageIsCensus extends Invariant {
        private final Map<Vote, Usage> counted = new HashMap<>();
        private final Map<DriveId, Usage> sums = new HashMap<>();

        private UsageIsCensus(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            RegisterKey key = keyOf(one);
            if (one instanceof ReplicaRecord.Learning) {
                counted.keySet().removeIf(vote -> vote.drive().equals(drive.id()));
                sums.remove(drive.id());
                drive.memory().slots().keySet().forEach(left -> count(drive, left));
            } else if (key != null && isObject(key)) {
                count(drive, key);
            }
        }

        /** As the drive does it: from the row before to the row after. */
        private void count(SimDrive drive, RegisterKey key) {
            if (!isObject(key)) {
                return;
            }
            Row highest = drive.memory().slot(key).highest();
            Usage now = usage(highest);
            Usage before = counted.getOrDefault(new Vote(drive.id(), key), Usage.NONE);
            counted.put(new Vote(drive.id(), key), now);
            sums.merge(drive.id(), now.minus(before), Usage::plus);
        }

        private static boolean isObject(RegisterKey key) {
            return key.space() == Clients.PLAIN_SPACE || key.space() == Clients.VERSIONED_SPACE;
        }

        private Usage usage(@Nullable Row row) {
            try {
                return row == null ? Usage.NONE : Usage.of(row.state());
            } catch (IOException damage) {
                throw new IllegalStateException("a head that cannot be decoded", damage);
            }
        }

        @Override
        void atTheEnd() {
            for (SimDrive drive : world().drives()) {
                Usage census = Usage.NONE;
                for (Map.Entry<RegisterKey, Slot> entry : drive.memory().slots().entrySet()) {
                    if (isObject(entry.getKey())) {
                        census = census.plus(usage(entry.getValue().highest()));
                    }
                }
                Usage sum = sums.getOrDefault(drive.id(), Usage.NONE);
                if (!drive.wasRestarted() && !sum.equals(census)) {
                    broken("drive " + drive.slot() + " counts " + sum + " and has " + census);
                }
            }
        }
    }

    /** Every change of an object that was to be told is told at least once, in the order in which it happened. */
    private static final class DeliveredOnce extends Invariant {
        private final Set<ChangeId> delivered = new HashSet<>();
        private final Map<Voted, Set<ChangeId>> wanted = new HashMap<>();

        private DeliveredOnce(World world) {
            super(world);
        }

        private void delivered(OutboxEntry entry) {
            delivered.add(entry.change());
        }

        private boolean isEverythingTold() {
            return delivered.containsAll(due);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accepted && accepted.key().space() == Clients.VERSIONED_SPACE) {
                wanted.put(new Voted(accepted.key(), accepted.row().accepted()), changes(accepted.row()));
            } else if (one instanceof ReplicaRecord.Settled settled) {
                Set<ChangeId> changes = wanted.get(new Voted(settled.key(), settled.ballot()));
                if (changes != null) {
                    due.addAll(changes);
                }
            }
        }

        private final Set<ChangeId> due = new HashSet<>();

        private static Set<ChangeId> changes(Row row) {
            try {
                Set<ChangeId> changes = new HashSet<>();
                HeadFormat.of(row.state()).outbox().stream()
                        .filter(entry -> entry.upload() == null)
                        .forEach(entry -> changes.add(entry.change()));
                return changes;
            } catch (IOException damage) {
                throw new IllegalStateException("a head that cannot be decoded", damage);
            }
        }

        @Override
        void atTheEnd() {
            due.removeAll(delivered);
            if (!due.isEmpty()) {
                broken("changes were never told: " + due);
            }
        }
    }

    /** Whether the bucket of the key is gone: nothing can be accepted any more, so that nothing that was said matters. */
    private static boolean isGone(SimDrive drive, RegisterKey key) {
        Fence fence = drive.memory().fence(key.space());
        return fence != null && fence.isGone();
    }

    private static @Nullable RegisterKey keyOf(ReplicaRecord one) {
        return SimDrive.keyOf(one);
    }
}
