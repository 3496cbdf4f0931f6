package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketLife;
import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.BucketRecordFormat;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import io.azekura.persistence.replica.ReplicaRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is always true of buckets and of the fences of their spaces (register rule 10). */
final class BucketInvariants {
    private BucketInvariants() {}

    /** A drive takes nothing into a space after it durably has it closed, not even to finish it. */
    static final class ClosedTakesNothing extends Invariants.Invariant {
        ClosedTakesNothing(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accepted) {
                Fence fence = drive.memory().fence(accepted.key().space());
                if (fence != null && fence.closed()) {
                    broken("drive " + drive.slot() + " took " + accepted.row().accepted() + " of " + accepted.key()
                            + " though it has " + fence);
                }
            }
        }
    }

    /**
     * A drive takes a state of an older configuration than it durably knows only when it was accepted somewhere under an
     * older ballot, or is the tombstone that a reaffirmed register without a state becomes.
     */
    static final class OutdatedIsOnlyFinished extends Invariants.Invariant {
        private final Map<Made, Ballot> first = new HashMap<>();

        private record Made(RegisterKey key, State state) {}

        OutdatedIsOnlyFinished(World world) {
            super(world);
        }

        void recovered(ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accepted && isOfBucket(accepted)) {
                first.merge(
                        new Made(accepted.key(), accepted.row().state()),
                        accepted.row().accepted(),
                        (a, b) -> a.compareTo(b) < 0 ? a : b);
            }
        }

        private static boolean isOfBucket(ReplicaRecord.Accepted accepted) {
            return World.isOfBucket(accepted.key().space());
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Accepted accepted && isOfBucket(accepted)) {
                recovered(one);
                State state = accepted.row().state();
                Fence fence = drive.memory().fence(accepted.key().space());
                boolean isOutdated = fence != null && state.configVersion() < fence.configVersion();
                boolean isFirst = accepted.row().accepted().equals(first.get(new Made(accepted.key(), state)));
                boolean isNothing = state.kind() == State.Kind.TOMBSTONE
                        && state.applied().stream()
                                .allMatch(by -> by.operation().equals(OperationId.FORGOTTEN))
                        && state.value().length() == 0;
                if (isOutdated && isFirst && !isNothing) {
                    broken("drive " + drive.slot() + " took " + accepted.row().accepted() + " of " + accepted.key()
                            + ", made under version " + state.configVersion() + ", though it has " + fence);
                }
            }
        }
    }

    /** What was said to be in effect stays so: those who lack the fence can choose nothing without one who has it. */
    static final class FencesHold extends Invariants.Invariant {
        private final TreeMap<Long, Fence> inEffect = new TreeMap<>();
        private final Map<Long, Long> since = new HashMap<>();

        FencesHold(World world) {
            super(world);
        }

        void inEffect(long space, Fence fence) {
            Fence before = inEffect.get(space);
            if (before == null || before.configVersion() < fence.configVersion()) {
                inEffect.put(space, fence);
                since.put(space, world().kernel().now());
            }
            check(space);
        }

        /** The fences that have been in effect since before a moment, by space. */
        Map<Long, Fence> before(long micros) {
            Map<Long, Fence> old = new TreeMap<>(inEffect);
            old.keySet().removeIf(space -> java.util.Objects.requireNonNull(since.get(space)) >= micros);
            return old;
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Completed || one instanceof ReplicaRecord.SawControl) {
                inEffect.keySet().forEach(this::check);
            }
        }

        @Override
        void atTheEnd() {
            inEffect.keySet().forEach(this::check);
        }

        private void check(long space) {
            Fence fence = java.util.Objects.requireNonNull(inEffect.get(space));
            for (int partition : world().partitionsOf(space)) {
                PartitionLayout layout = world().newest().partition(partition);
                List<DriveId> replicas = layout.replicas();
                int lacking = 0;
                for (SimDrive drive : world().drives()) {
                    int replica = replicas.indexOf(drive.id());
                    boolean isVoting = replica >= 0
                            && drive.memory().isFaithful()
                            && drive.memory().isComplete(partition);
                    if (isVoting && !has(drive, space, fence)) {
                        lacking |= 1 << replica;
                    }
                }
                if (layout.quorum().isWrite(lacking)) {
                    broken(fence + " of " + Long.toHexString(space) + " was in effect, and " + layout
                            + " can be written without anybody who has it");
                }
            }
        }

        static boolean has(SimDrive drive, long space, Fence fence) {
            Fence here = drive.memory().fence(space);
            return here != null && here.configVersion() >= fence.configVersion();
        }
    }

    /** A learner that is complete knows every fence that was in effect before it began to learn. */
    static final class LearnersKnowFences extends Invariants.Invariant {
        private final FencesHold fences;
        private final Map<Learner, Long> begun = new HashMap<>();

        private record Learner(DriveId drive, int partition) {}

        LearnersKnowFences(World world, FencesHold fences) {
            super(world);
            this.fences = fences;
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Learning learning) {
                begun.put(
                        new Learner(drive.id(), learning.partition()),
                        world().kernel().now());
            } else if (one instanceof ReplicaRecord.Completed completed && completed.partition() >= 0) {
                Long micros = begun.get(new Learner(drive.id(), completed.partition()));
                if (micros != null && drive.memory().isComplete(completed.partition())) {
                    check(drive, completed.partition(), micros);
                }
            }
        }

        private void check(SimDrive drive, int partition, long micros) {
            fences.before(micros).forEach((space, fence) -> {
                boolean isHere = world().partitionsOf(space).contains(partition);
                if (isHere && !FencesHold.has(drive, space, fence)) {
                    broken("drive " + drive.slot() + " is complete for partition " + partition + " without " + fence
                            + " of " + Long.toHexString(space));
                }
            });
        }
    }

    /**
     * An incarnation lives once: what the bucket's register says after it said something else is another one. Nothing
     * that is chosen is in it when it ends, and nobody is told that it is gone before.
     */
    static final class LivesDoNotReturn extends Invariants.Invariant {
        private static final long NOTHING = 0;
        private static final RegisterKey BUCKET = BucketLife.key(BucketDeeds.NAME);

        /** By ballot the incarnation that the register has, or {@link #NOTHING}. */
        private final TreeMap<Ballot, Long> chosen = new TreeMap<>();

        LivesDoNotReturn(World world) {
            super(world);
        }

        @Override
        void applied(SimDrive drive, ReplicaRecord one) {
            if (one instanceof ReplicaRecord.Fenced fenced && fenced.fence().isGone()) {
                checkGone(BucketSpace.incarnationOf(fenced.space()));
            }
            boolean isSettling = one instanceof ReplicaRecord.Settled || one instanceof ReplicaRecord.Adopted;
            if (isSettling && BUCKET.equals(SimDrive.keyOf(one))) {
                Slot slot = drive.memory().slot(BUCKET);
                Row first = slot.rows().isEmpty() ? null : slot.rows().get(0);
                if (first != null && first.accepted().equals(slot.settled()) && !chosen.containsKey(first.accepted())) {
                    choose(first.accepted(), first.state());
                }
            }
        }

        private void choose(Ballot ballot, State state) {
            long incarnation = incarnation(state);
            chosen.put(ballot, incarnation);
            long last = NOTHING;
            java.util.Set<Long> ended = new java.util.HashSet<>();
            for (long next : chosen.values()) {
                if (next != last) {
                    ended.add(last);
                    if (next != NOTHING && ended.contains(next)) {
                        broken("the bucket has the incarnation " + Long.toHexString(next) + " again");
                    }
                }
                last = next;
            }
            Map.Entry<Ballot, Long> before = chosen.lowerEntry(ballot);
            if (state.kind() == State.Kind.TOMBSTONE && before != null && before.getValue() != NOTHING) {
                BucketSpace.all(before.getValue()).forEach(this::checkEmpty);
            }
        }

        /** Nobody is told that a bucket is gone before something else than it was accepted in its place. */
        private void checkGone(long incarnation) {
            boolean isLast = !chosen.isEmpty() && chosen.lastEntry().getValue() == incarnation;
            boolean isReplaced = world().drives().stream()
                    .map(drive -> drive.memory().slot(BUCKET).highest())
                    .anyMatch(row -> row != null
                            && !chosen.isEmpty()
                            && incarnation(row.state()) != incarnation
                            && row.accepted().compareTo(chosen.lastKey()) > 0);
            if (isLast && !isReplaced) {
                broken(Long.toHexString(incarnation) + " is told to be gone, and the bucket has it");
            }
        }

        private void checkEmpty(long space) {
            for (SimDrive drive : world().drives()) {
                drive.memory().rows(space, Bytes.EMPTY).forEach((key, slot) -> {
                    Row first = slot.rows().isEmpty() ? null : slot.rows().get(0);
                    if (first != null
                            && first.accepted().equals(slot.settled())
                            && first.state().isLive()
                            && isCounted(drive, key)
                            && isNewest(key, slot.settled())) {
                        broken(key + " went with its bucket");
                    }
                });
            }
        }

        /** A drive that left the set, or came back to it and has not caught up, may have what is long deleted. */
        private boolean isCounted(SimDrive drive, RegisterKey key) {
            int partition = world().partitionOf(key);
            PartitionLayout layout = world().newest().partition(partition);
            return layout.replicas().contains(drive.id())
                    && !layout.learners().contains(drive.id())
                    && drive.memory().isComplete(partition)
                    && drive.memory().isFaithful()
                    && !drive.memory().isDamaged(key);
        }

        private boolean isNewest(RegisterKey key, Ballot settled) {
            return world().drives().stream()
                    .allMatch(drive -> drive.memory().slot(key).accepted().compareTo(settled) <= 0);
        }

        private static long incarnation(State state) {
            BucketRecord bucket = bucket(state);
            return bucket == null ? NOTHING : bucket.incarnation();
        }

        private static @Nullable BucketRecord bucket(State state) {
            try {
                return state.isLive() ? BucketRecordFormat.decode(state.value()) : null;
            } catch (IOException damage) {
                throw new IllegalStateException("a bucket's record that cannot be decoded", damage);
            }
        }

        /** What is not done yet: a deletion neither committed nor reverted, or rows of a bucket that is gone. */
        String left() {
            long current = chosen.isEmpty() ? NOTHING : chosen.lastEntry().getValue();
            StringBuilder left = new StringBuilder();
            for (SimDrive drive : world().drives()) {
                Row highest = drive.memory().slot(BUCKET).highest();
                BucketRecord bucket = highest == null ? null : bucket(highest.state());
                if (world().isMember(drive, world().partitionOf(BUCKET)) && bucket != null && bucket.closing()) {
                    left.append(" drive ").append(drive.slot()).append(" knows of a bucket that is closing;");
                }
                for (RegisterKey key : drive.memory().slots().keySet()) {
                    boolean isOld = World.isOfBucket(key.space())
                            && BucketSpace.incarnationOf(key.space()) != current
                            && chosen.containsValue(BucketSpace.incarnationOf(key.space()));
                    if (isOld && world().isMember(drive, world().partitionOf(key))) {
                        left.append(" drive ")
                                .append(drive.slot())
                                .append(" has ")
                                .append(key);
                        left.append(" of a bucket that is gone;");
                    }
                }
            }
            return left.toString();
        }
    }
}
