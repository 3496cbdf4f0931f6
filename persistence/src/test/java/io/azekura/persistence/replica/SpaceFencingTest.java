package io.azekura.persistence.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.bucket.Fencing;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowSamples;
import io.azekura.persistence.register.Slot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpaceFencingTest {
    private static final long SPACE = 0x7000;
    private static final long ONE_PARTITION = 0x8000;
    private static final DriveId A = drive(1);
    private static final DriveId B = drive(2);
    private static final DriveId C = drive(3);
    private static final DriveId D = drive(4);
    private static final DriveId E = drive(5);
    private static final long STABLE = 1;
    private static final long FILLING = 2;
    private static final long BOTH = 3;
    private static final long MOVED = 5;

    private static DriveId drive(int number) {
        return new DriveId(new UUID(1, number));
    }

    /** Partition 0 moves from A, B, C to D, B, C, version by version; partition 1 stays on C, D, E. */
    private static PartitionLayout layout(long version, int partition) {
        List<DriveId> old = List.of(A, B, C);
        List<DriveId> next = List.of(D, B, C);
        if (partition == 1) {
            return new PartitionLayout(Stage.STABLE, STABLE, 0, List.of(C, D, E), List.of(C, D, E));
        }
        return switch ((int) version) {
            case 0, 1 -> new PartitionLayout(Stage.STABLE, STABLE, 0, old, old);
            case 2 -> new PartitionLayout(Stage.FILLING, FILLING, FILLING, old, next);
            case 3 -> new PartitionLayout(Stage.WRITE_BOTH_READ_OLD, BOTH, FILLING, old, next);
            case 4 -> new PartitionLayout(Stage.WRITE_BOTH_READ_NEW, 4, FILLING, old, next);
            default -> new PartitionLayout(Stage.STABLE, MOVED, FILLING, next, next);
        };
    }

    /** Drives that answer at once, as one gateway sees them that knows the layouts up to a version. */
    private static final class Drives implements Replicas {
        private final Map<DriveId, ReplicaMemory> memories = new HashMap<>();
        private final Map<DriveId, Replica> replicas = new HashMap<>();
        private final Set<DriveId> down = new HashSet<>();
        private final long newest;
        private long known = STABLE;

        private Drives(long newest, boolean checksLayouts) {
            this.newest = newest;
            for (DriveId drive : List.of(A, B, C, D, E)) {
                ReplicaMemory memory = new ReplicaMemory(key -> 0, (version, partition) -> layout(version, partition)
                        .since());
                memory.apply(new ReplicaRecord.SawControl(STABLE));
                memories.put(drive, memory);
                replicas.put(drive, new Replica(new Acceptor(0), key -> 0) {
                    @Override
                    protected boolean isStale(long asked, long seen) {
                        return checksLayouts && super.isStale(asked, seen);
                    }
                });
            }
        }

        private ReplicaMemory memory(DriveId drive) {
            return java.util.Objects.requireNonNull(memories.get(drive));
        }

        private @Nullable Fence fence(DriveId drive) {
            return memory(drive).fence(SPACE);
        }

        private void saw(long version, DriveId... drives) {
            for (DriveId drive : drives) {
                memory(drive).apply(new ReplicaRecord.SawControl(version));
            }
        }

        /** The learner asks the old set what governs the partition, and takes it over. */
        private void sweep(DriveId learner, DriveId... asked) {
            for (DriveId drive : asked) {
                Request.GuardPage page = (Request.GuardPage) now(ask(drive, new Request.Guards(0), BOTH));
                now(ask(learner, new Request.TakeGuards(0, page), BOTH));
            }
        }

        @Override
        public Location locate(int partition) {
            PartitionLayout layout = layout(known, partition);
            return new Location(partition, layout.since(), layout.quorum(), layout.replicas());
        }

        @Override
        public List<Integer> partitionsOf(long space) {
            return space == ONE_PARTITION ? List.of(0) : List.of(0, 1);
        }

        @Override
        public CompletionStage<Void> learn(long version) {
            known = newest;
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
            return CompletableFuture.completedStage(
                    down.contains(drive) ? new Messages.Unknown("down") : answer(drive, request, layoutVersion));
        }

        private Object answer(DriveId drive, Request request, long layoutVersion) {
            ReplicaMemory memory = memory(drive);
            Replica replica = java.util.Objects.requireNonNull(replicas.get(drive));
            Verdict verdict = replica.decide(request, layoutVersion, memory, 0);
            if (verdict instanceof Verdict.LearnControl learn) {
                memory.apply(new ReplicaRecord.SawControl(learn.version()));
                return answer(drive, request, layoutVersion);
            }
            if (verdict instanceof Verdict.Append append) {
                append.records().forEach(memory::apply);
                return append.reply();
            }
            return ((Verdict.Answer) verdict).reply();
        }
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }

    private static boolean fence(Drives drives, long version, boolean closed) {
        return now(new SpaceFencing(drives).fence(SPACE, version, closed));
    }

    @Test
    void everyPartitionNeedsAMajority() {
        Drives drives = new Drives(STABLE, true);
        drives.down.addAll(List.of(A, E));
        assertTrue(fence(drives, 2, true));
        assertEquals(new Fence(2, true), drives.fence(B));
        assertNull(drives.fence(A));
        drives.down.add(D);
        assertFalse(fence(drives, 3, false), "one of three drives of partition 1");
        assertEquals(new Fence(3, false), drives.fence(B));
    }

    @Test
    void aFenceNeverGoesBack() {
        Drives drives = new Drives(STABLE, true);
        assertTrue(fence(drives, 3, false));
        assertTrue(fence(drives, 2, true), "they know better");
        assertEquals(new Fence(3, false), drives.fence(A));
    }

    @Test
    void whileBothSetsAreWrittenBothNeedAMajority() {
        Drives drives = new Drives(BOTH, true);
        drives.known = BOTH;
        drives.down.add(C);
        assertTrue(fence(drives, 2, true));
        drives.down.add(A);
        assertFalse(fence(drives, 3, true), "B alone of the old set");
    }

    @Test
    void learnersOfASetThatIsFilledCountNowhere() {
        Drives drives = new Drives(FILLING, true);
        drives.known = FILLING;
        drives.down.addAll(List.of(A, C));
        assertFalse(fence(drives, 2, true), "B and the learner D");
        assertEquals(new Fence(2, true), drives.fence(D), "told all the same");
    }

    @Test
    void aMoveThatIsOverIsLearnt() {
        Drives drives = new Drives(MOVED, true);
        drives.saw(MOVED, A, B, C, D);
        assertTrue(fence(drives, 2, true));
        assertEquals(new Fence(2, true), drives.fence(D));
        assertNull(drives.fence(A), "not of the set any more");
    }

    /**
     * The learner asked before the fence came, and then the partition moved. The fence is on A, which nobody writes any
     * more, and on B; C missed it. Whoever wrote with C and D alone would not meet it.
     */
    @Test
    void aFenceThatComesAfterTheLearnerAskedIsToldToTheLearner() {
        Drives drives = new Drives(BOTH, true);
        drives.down.add(C);
        drives.saw(BOTH, A, B, D);
        drives.sweep(D, A, B);
        assertTrue(fence(drives, 2, true));
        assertEquals(new Fence(2, true), drives.fence(D));

        Drives careless = new Drives(BOTH, false);
        careless.down.add(C);
        careless.saw(BOTH, A, B, D);
        careless.sweep(D, A, B);
        assertTrue(now(new SpaceFencing(careless).fence(ONE_PARTITION, 2, true)), "if drives did not check layouts");
        assertNull(careless.memory(D).fence(ONE_PARTITION));
        assertNull(careless.memory(C).fence(ONE_PARTITION), "a majority of the new set");
    }

    @Test
    void aFenceThatCameBeforeTheLearnerAskedIsTakenAlong() {
        Drives drives = new Drives(BOTH, true);
        drives.down.add(C);
        assertTrue(fence(drives, 2, true), "under the old set alone");
        drives.memory(D).apply(new ReplicaRecord.Learning(0, FILLING));
        drives.sweep(D, B);
        assertEquals(new Fence(2, true), drives.fence(D));
    }

    @Test
    void spacesThatAreClosedSomewhereAreFoundUntilAllKnowThemGone() {
        Drives drives = new Drives(STABLE, true);
        SpaceFencing fencing = new SpaceFencing(drives);
        assertTrue(now(fencing.fence(SPACE, 2, false)));
        assertEquals(Set.of(), now(fencing.closed()), "an open space");
        drives.down.add(A);
        assertTrue(now(fencing.fence(SPACE, 3, true)));
        drives.down.clear();
        assertEquals(Set.of(SPACE), now(fencing.closed()));
        drives.down.add(A);
        assertTrue(now(fencing.fence(SPACE, Fencing.GONE, true)));
        drives.down.clear();
        assertEquals(Set.of(SPACE), now(fencing.closed()), "A does not know");
        assertTrue(now(fencing.fence(SPACE, Fencing.GONE, true)));
        assertEquals(Set.of(), now(fencing.closed()));
    }

    @Test
    void nothingIsLeftOfABucketThatIsGone() {
        Drives drives = new Drives(STABLE, true);
        RegisterKey key = new RegisterKey(SPACE, Bytes.utf8("key"));
        Row row = RowSamples.tombstone(20);
        ReplicaMemory memory = drives.memory(A);
        memory.apply(new ReplicaRecord.Accepted(key, 0, new Slot(Ballot.ZERO, List.of(row)), row, null));
        assertTrue(fence(drives, 2, true));
        assertEquals(1, memory.keys(0, null, true, 9).size(), "closed, but the bucket may open again");
        assertTrue(fence(drives, Fencing.GONE, true));
        assertEquals(List.of(), memory.keys(0, null, true, 9));
        assertEquals(
                Request.Done.INSTANCE,
                now(drives.ask(A, new Request.HasSettled(key, row.accepted()), STABLE)),
                "nothing more is needed of it");
        Request.Adopt adopt = new Request.Adopt(key, row, memory.collections(0), List.of(), Map.of());
        assertTrue(now(drives.ask(A, adopt, STABLE)) instanceof Request.Declined);
    }
}
