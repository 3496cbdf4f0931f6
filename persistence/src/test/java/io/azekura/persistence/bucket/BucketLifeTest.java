package io.azekura.persistence.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.bucket.BucketLife.Created;
import io.azekura.persistence.bucket.BucketLife.Deleted;
import io.azekura.persistence.bucket.BucketLife.Exists;
import io.azekura.persistence.bucket.BucketLife.Found;
import io.azekura.persistence.bucket.BucketLife.NoSuchBucket;
import io.azekura.persistence.bucket.BucketLife.NotEmpty;
import io.azekura.persistence.bucket.BucketLife.Reconfigured;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.BucketRecordFormat;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.MemoryRegisters;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class BucketLifeTest {
    private static final BucketName NAME = new BucketName("photos");
    private static final long SEEDS = 3_000;

    private static long operations;

    /** What drives know of spaces, and how they judge writes by it: three of them, two are a majority. */
    private static final class Drives implements Fencing {
        private record Known(long configVersion, boolean closed) {}

        private final MemoryRegisters registers;
        private final Random random;
        private final double lossShare;
        private final List<Map<Long, Known>> drives = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());

        private Drives(MemoryRegisters registers, long seed, double lossShare) {
            this.registers = registers;
            this.random = new Random(seed);
            this.lossShare = lossShare;
            registers.rule((key, current, write) -> accepts(key.space(), write.configVersion()) >= 2
                    ? MemoryRegisters.Verdict.PASS
                    : MemoryRegisters.Verdict.OUTDATED);
        }

        private long accepts(long space, long configVersion) {
            return drives.stream()
                    .map(drive -> drive.getOrDefault(space, new Known(0, false)))
                    .filter(known -> !known.closed() && configVersion >= known.configVersion())
                    .count();
        }

        @Override
        public CompletionStage<Boolean> fence(long space, long configVersion, boolean closed) {
            CompletionStage<Integer> durable = CompletableFuture.completedStage(0);
            for (Map<Long, Known> drive : drives) {
                CompletionStage<Boolean> one = registers.call(() -> {
                    if (random.nextDouble() < lossShare) {
                        return false;
                    }
                    Known next = new Known(configVersion, closed);
                    drive.merge(space, next, (old, given) -> old.configVersion() >= configVersion ? old : given);
                    return true;
                });
                durable = durable.thenCombine(one, (count, isDurable) -> count + (isDurable ? 1 : 0));
            }
            return durable.thenApply(count -> count >= 2);
        }
    }

    private static OperationId operation() {
        return new OperationId(1, ++operations);
    }

    private static long incarnation(Random random) {
        long bits = random.nextLong();
        return BucketSpace.isUsable(bits) ? BucketSpace.incarnation(bits, 3) : incarnation(random);
    }

    private static BucketLife life(MemoryRegisters registers, Fencing fencing) {
        return new BucketLife(registers, registers, fencing, BucketLifeTest::operation);
    }

    @Test
    void aBucketLivesAndDiesAndComesBackAsAnother() {
        MemoryRegisters registers = new MemoryRegisters();
        BucketLife life = life(registers, new Drives(registers, 1, 0));
        Random random = new Random(1);
        BucketRecord one = assertInstanceOf(Created.class, now(life.create(NAME, incarnation(random), 5)))
                .bucket();
        assertEquals(new Exists(one), now(life.create(NAME, incarnation(random), 6)));
        assertEquals(
                2,
                assertInstanceOf(Reconfigured.class, now(life.reconfigure(one)))
                        .bucket()
                        .configVersion());
        put(registers, one.incarnation(), "a", 1, State.Kind.LIVE);
        assertEquals(State.ABSENT, registers.state(new RegisterKey(one.incarnation(), Bytes.utf8("a"))), "outdated");
        put(registers, one.incarnation(), "a", 2, State.Kind.LIVE);
        assertEquals(new NotEmpty(), now(life.delete(NAME)));
        assertEquals(
                2, assertInstanceOf(Found.class, now(life.read(NAME))).bucket().configVersion(), "undisturbed");
        put(registers, one.incarnation(), "a", 2, State.Kind.TOMBSTONE);
        assertEquals(new Deleted(), now(life.delete(NAME)));
        assertEquals(new NoSuchBucket(), now(life.delete(NAME)));
        BucketRecord two = assertInstanceOf(Created.class, now(life.create(NAME, incarnation(random), 7)))
                .bucket();
        put(registers, one.incarnation(), "late", 9, State.Kind.LIVE);
        assertEquals(State.ABSENT, registers.state(new RegisterKey(one.incarnation(), Bytes.utf8("late"))));
        put(registers, two.incarnation(), "new", 1, State.Kind.LIVE);
        assertEquals(new NotEmpty(), now(life.delete(NAME)));
    }

    @Test
    void partsAndOlderVersionsKeepABucket() {
        MemoryRegisters registers = new MemoryRegisters();
        BucketLife life = life(registers, new Drives(registers, 1, 0));
        BucketRecord bucket = assertInstanceOf(Created.class, now(life.create(NAME, incarnation(new Random(2)), 5)))
                .bucket();
        RegisterKey part = new RegisterKey(BucketSpace.parts(bucket.incarnation()), Bytes.utf8("p"));
        put(registers, part.space(), "p", 1, State.Kind.LIVE);
        assertEquals(new NotEmpty(), now(life.delete(NAME)));
        registers.forget(part);
        RegisterKey marker = new RegisterKey(bucket.incarnation(), Bytes.utf8("m"));
        registers.put(
                marker,
                new State(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, new History(1, 2, 3), 0, List.of(), 1, 1));
        assertEquals(new NotEmpty(), now(life.delete(NAME)));
        registers.forget(marker);
        assertEquals(new Deleted(), now(life.delete(NAME)));
    }

    @Test
    void whateverStepADeleterDiesAfterAnotherFinishesForIt() {
        for (int calls = 0; calls < 12; calls++) {
            MemoryRegisters registers = new MemoryRegisters();
            Drives drives = new Drives(registers, 1, 0);
            BucketLife life = life(registers, drives);
            now(life.create(NAME, incarnation(new Random(3)), 5));
            MemoryRegisters.Client mortal = registers.client();
            mortal.crashAfter(calls);
            Fencing fencing = (space, version, closed) -> mortal.reply(() -> drives.fence(space, version, closed));
            boolean died = !new BucketLife(mortal, mortal, fencing, BucketLifeTest::operation)
                    .delete(NAME)
                    .toCompletableFuture()
                    .isDone();
            assertEquals(calls < 9, died, "after " + calls + " calls");
            BucketLife.DeleteOutcome outcome = now(life.delete(NAME));
            assertTrue(outcome instanceof Deleted || outcome instanceof NoSuchBucket, "after " + calls + " calls");
            assertEquals(new NoSuchBucket(), now(life.read(NAME)));
        }
    }

    @Test
    void whoeverTendsTheBucketsFinishesDeletions() {
        for (int calls = 0; calls < 12; calls++) {
            MemoryRegisters registers = new MemoryRegisters();
            Drives drives = new Drives(registers, 1, 0);
            BucketLife life = life(registers, drives);
            now(life.create(NAME, incarnation(new Random(3)), 5));
            MemoryRegisters.Client mortal = registers.client();
            mortal.crashAfter(calls);
            Fencing fencing = (space, version, closed) -> mortal.reply(() -> drives.fence(space, version, closed));
            new BucketLife(mortal, mortal, fencing, BucketLifeTest::operation).delete(NAME);
            assertTrue(now(life.tend()), "after " + calls + " calls");
            BucketLife.ReadOutcome read = now(life.read(NAME));
            assertTrue(
                    read instanceof NoSuchBucket
                            || (read instanceof Found found && !found.bucket().closing()),
                    "after " + calls + " calls: " + read);
        }
    }

    @Test
    void onlyClosedSpacesThatNoBucketHasAreForgotten() {
        MemoryRegisters registers = new MemoryRegisters();
        Random random = new Random(4);
        long gone = incarnation(random);
        long open = incarnation(random);
        Set<Long> forgotten = new HashSet<>();
        Fencing fencing = new Fencing() {
            @Override
            public CompletionStage<Boolean> fence(long space, long configVersion, boolean closed) {
                if (configVersion == GONE) {
                    forgotten.add(space);
                }
                return CompletableFuture.completedStage(true);
            }

            @Override
            public CompletionStage<Set<Long>> closed() {
                return CompletableFuture.completedStage(Set.of(gone, BucketSpace.parts(gone), open));
            }
        };
        BucketLife life = life(registers, fencing);
        now(life.create(NAME, open, 5));
        assertTrue(now(life.tend()));
        assertEquals(Set.copyOf(BucketSpace.all(gone)), forgotten);
        assertEquals(new Deleted(), now(life.delete(NAME)));
        assertEquals(4, forgotten.size(), "told at once");
    }

    @Test
    void noInterleavingLosesAWriteToADeletion() {
        int deletions = 0;
        int writes = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed, Fault.NONE);
            assertEquals(List.of(), run.play(), "seed " + seed);
            deletions += run.deletions;
            writes += run.writes;
        }
        assertTrue(deletions > SEEDS / 4 && writes > SEEDS / 4, deletions + " deletions, " + writes + " writes");
    }

    @Test
    void aDeleterThatDoesNotFenceIsCaught() {
        assertTrue(isCaught(Fault.NO_FENCE));
    }

    @Test
    void aDeleterThatCommitsOverAnotherRecordIsCaught() {
        assertTrue(isCaught(Fault.BLIND_COMMIT));
    }

    private static boolean isCaught(Fault fault) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (!new Run(seed, fault).play().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private enum Fault {
        NONE,
        NO_FENCE,
        BLIND_COMMIT
    }

    /** Deleters, one of which may crash, against writers that read the bucket's register before each write. */
    private static final class Run {
        private final MemoryRegisters registers;
        private final Random random;
        private final Drives drives;
        private final Fault fault;
        private final List<Long> incarnations = new ArrayList<>();
        private int deletions;
        private int writes;

        private Run(long seed, Fault fault) {
            this.random = new Random(seed);
            this.registers = new MemoryRegisters(random);
            this.drives = new Drives(registers, seed, seed % 3 == 0 ? 0.2 : 0);
            this.fault = fault;
            registers.faults(seed % 2 == 0 ? 0.1 : 0, seed % 5 == 0 ? 0.1 : 0);
        }

        private BucketLife life(MemoryRegisters.Client client) {
            Fencing fencing = (space, version, closed) -> client.reply(() -> drives.fence(space, version, closed));
            return new BucketLife(client, client, fencing, BucketLifeTest::operation) {
                @Override
                protected CompletionStage<Boolean> fence(BucketRecord bucket) {
                    return fault == Fault.NO_FENCE ? CompletableFuture.completedStage(true) : super.fence(bucket);
                }

                @Override
                protected boolean isCurrent(State state, BucketRecord expected) {
                    return fault == Fault.BLIND_COMMIT ? state.isLive() : super.isCurrent(state, expected);
                }
            };
        }

        /** The violations. */
        private List<String> play() {
            MemoryRegisters.Client eternal = registers.client();
            MemoryRegisters.Client mortal = registers.client();
            mortal.crashAfter(random.nextInt(14));
            create(life(eternal));
            for (int i = 0; i < 4; i++) {
                steps(random.nextInt(12));
                BucketLife deleter = life(random.nextBoolean() ? eternal : mortal);
                deleter.delete(NAME).thenAccept(outcome -> deletions += outcome instanceof Deleted ? 1 : 0);
                if (random.nextInt(3) == 0) {
                    write(life(eternal), i);
                }
                steps(random.nextInt(12));
                if (random.nextInt(4) == 0) {
                    create(life(eternal));
                }
                if (random.nextInt(4) == 0) {
                    life(eternal).read(NAME).thenAccept(read -> {
                        if (read instanceof Found found) {
                            life(eternal).reconfigure(found.bucket());
                        }
                    });
                }
            }
            steps(Integer.MAX_VALUE);
            return violations();
        }

        private void steps(int count) {
            for (int i = 0; i < count && registers.step(); i++) {}
        }

        private void create(BucketLife life) {
            long fresh = incarnation(random);
            incarnations.add(fresh);
            life.create(NAME, fresh, 1);
        }

        private void write(BucketLife life, int number) {
            life.read(NAME).thenAccept(read -> {
                if (read instanceof Found found && !found.bucket().closing()) {
                    BucketRecord bucket = found.bucket();
                    long space = random.nextBoolean() ? bucket.incarnation() : BucketSpace.parts(bucket.incarnation());
                    registers
                            .<State>change(
                                    new RegisterKey(space, Bytes.utf8("k" + number)),
                                    operation(),
                                    current -> new Write<>(
                                            State.Kind.LIVE, Bytes.EMPTY, Content.NONE, null, bucket.configVersion()))
                            .thenAccept(outcome -> writes += outcome instanceof Applied<State> ? 1 : 0);
                }
            });
        }

        private List<String> violations() {
            List<String> found = new ArrayList<>();
            State state = registers.state(BucketLife.key(NAME));
            long current = 0;
            try {
                current = state.isLive()
                        ? BucketRecordFormat.decode(state.value()).incarnation()
                        : 0;
            } catch (java.io.IOException damage) {
                found.add(damage.toString());
            }
            for (long incarnation : incarnations) {
                for (RegisterKey key : registers.all().keySet()) {
                    if (incarnation != current && BucketSpace.all(incarnation).contains(key.space())) {
                        found.add(key + " lives in a bucket that was deleted");
                    }
                }
            }
            return found;
        }
    }

    private static void put(MemoryRegisters registers, long space, String key, long version, State.Kind kind) {
        registers.<State>change(
                new RegisterKey(space, Bytes.utf8(key)),
                operation(),
                current -> kind == current.kind()
                        ? new Refuse<>(current)
                        : new Write<>(kind, Bytes.EMPTY, Content.NONE, null, version));
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }
}
