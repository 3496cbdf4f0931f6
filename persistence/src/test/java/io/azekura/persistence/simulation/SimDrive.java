package io.azekura.persistence.simulation;

import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.replica.CatchUp;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaMemory;
import io.azekura.persistence.replica.ReplicaRecord;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.Verdict;
import io.azekura.persistence.replica.VersionReads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The shell of one drive: carries out the verdicts of its {@link Replica} on a simulated disk, and looks after itself.
 * Requests about a key wait for the key's record that is on its way, all requests for one about the whole drive.
 */
class SimDrive {
    private static final long CHORE_MICROS = 150_000;
    private static final int CHORES_AT_ONCE = 6;
    private static final int REFRESH_ONE_IN = 4;
    /** All drives of a set have the same marks, and one of them is enough to look after a key. */
    private static final int COMPLETE_ONE_IN = 3;

    private static final long CLOCK_BASE_MICROS = 1_000_000_000L;

    private final World world;
    private final Kernel kernel;
    private final int slot;
    private final Kernel.Task task;
    private final Random random;
    private SimDisk disk;
    private DriveId id;
    private long clockOffsetMicros;

    private ReplicaMemory memory;
    private Replica replica;
    private SimGateway gateway;
    private boolean serving;
    private boolean isKnownByPeers;
    private int lengthFound;
    private final Map<RegisterKey, ArrayDeque<Runnable>> pending = new HashMap<>();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private final Set<Integer> toCatchUp = new HashSet<>();
    private final Set<RegisterKey> supplying = new TreeSet<>();
    private final Set<RegisterKey> toPull = new TreeSet<>();
    private final Set<Integer> compared = new HashSet<>();
    private final Set<Integer> askingGuards = new HashSet<>();
    private int global;
    private long durableLength;
    private int mounts;

    SimDrive(World world, int slot) {
        this.world = world;
        this.kernel = world.kernel();
        this.slot = slot;
        this.task = kernel.task("drive " + slot);
        this.random = kernel.random("drive " + slot);
        this.disk = new SimDisk(kernel, "disk " + slot);
        this.id = world.nextDriveId();
        this.memory = freshMemory();
        this.gateway = new SimGateway(world, task, slot, world.nextProcess());
        this.replica = world.variant().replica(world.variant().acceptor(0), world::partitionOf);
    }

    final Kernel.Task task() {
        return task;
    }

    final DriveId id() {
        return id;
    }

    final int slot() {
        return slot;
    }

    final ReplicaMemory memory() {
        return memory;
    }

    final SimDisk disk() {
        return disk;
    }

    final SimGateway gateway() {
        return gateway;
    }

    final boolean isServing() {
        return serving && task.isRunning();
    }

    final void shiftClock(long micros) {
        clockOffsetMicros = micros;
    }

    /** The drive's wall clock. */
    final long wallMicros() {
        return CLOCK_BASE_MICROS + kernel.now() + clockOffsetMicros;
    }

    private ReplicaMemory freshMemory() {
        ReplicaMemory fresh = new ReplicaMemory(world::partitionOf, world::layoutVersionOf);
        fresh.setChoreAge(world.choreAgeMicros());
        return fresh;
    }

    /** Whether the process was ever started anew, so that what was counted before is not what it has. */
    final boolean wasRestarted() {
        return mounts > 1;
    }

    /**
     * How many batches of the log are durable, as replies tell it: before the drive serves, how many it was found with, so
     * that what it adds meanwhile does not make it look older than it is.
     */
    final long durableLength() {
        return serving ? durableLength : lengthFound;
    }

    /** Whether it has not yet compared all that it has with what the others have since it was mounted. */
    final boolean isCatchingUp() {
        return toCatchUp.stream().anyMatch(partition -> world.isMember(this, partition));
    }

    /** Whether some row here cannot be read. */
    final boolean hasDamage() {
        return memory.damagedKeys().stream().anyMatch(key -> world.isMember(this, world.partitionOf(key)));
    }

    /** Starts a process for the drive on what its disk has. */
    final void mount() {
        kernel.restart(task);
        memory = freshMemory();
        pending.clear();
        held.clear();
        global = 0;
        supplying.clear();
        askingGuards.clear();
        serving = false;
        isKnownByPeers = false;
        lengthFound = disk.length();
        mounts++;
        durableLength = disk.length();
        long bound = recover();
        if (bound < 0) {
            replaceByNew("a bound that cannot be read");
            return;
        }
        gateway = new SimGateway(world, task, slot, world.nextProcess());
        replica = world.variant().replica(world.variant().acceptor(bound), world::partitionOf);
        world.mounting(this);
    }

    /** Applies what the log has; the promise bound, or -1 if that cannot be told. */
    private long recover() {
        boolean isBoundLost = false;
        for (SimDisk.Batch batch : disk.read()) {
            memory.setNow(batch.micros());
            boolean hasBound = batch.records().stream().anyMatch(one -> one instanceof ReplicaRecord.Bound);
            isBoundLost = hasBound ? batch.isDamaged() : isBoundLost;
            if (batch.isDamaged()) {
                damaged(batch);
                continue;
            }
            for (ReplicaRecord one : batch.records()) {
                RegisterKey key = keyOf(one);
                boolean isWhole = one instanceof ReplicaRecord.Adopted || one instanceof ReplicaRecord.Forgotten;
                // A shard is staged for whatever row names it later; that the row of before is damaged is no matter.
                boolean isStaged = one instanceof ReplicaRecord.Staged;
                if (key == null || !memory.isDamaged(key) || isWhole || isStaged) {
                    memory.apply(one);
                    world.invariants().recovered(this, one);
                }
            }
        }
        return isBoundLost ? -1 : memory.bound();
    }

    /** A batch cannot be read: of its keys nothing is known; if not even they are, nothing is certain any more. */
    protected void damaged(SimDisk.Batch batch) {
        for (ReplicaRecord one : batch.records()) {
            RegisterKey key = keyOf(one);
            if (one instanceof ReplicaRecord.Staged stage) {
                memory.lose(stage.id(), stage.shard());
            }
            if (key == null || batch.isAnonymous()) {
                memory.doubt();
                compared.clear();
            } else {
                memory.damage(key);
            }
        }
    }

    /** Rot is found while the drive serves. */
    final void rot(boolean anonymously) {
        SimDisk.Batch batch = disk.damage(anonymously);
        if (batch != null && isServing()) {
            damaged(batch);
            replica.lostRows();
            // What the record said may be nowhere else: while the drive runs it still knows it.
            List<ReplicaRecord> known = memory.governing();
            known.addAll(gone());
            append(null, known, () -> {});
            toCatchUp.addAll(world.partitions());
        }
    }

    /** What is on the disk is not what this drive once said: it becomes another drive, an empty one. */
    final void replaceByNew(String why) {
        kernel.say("drive " + slot + " " + id + " becomes a new one: " + why);
        world.discarded(this);
        kernel.kill(task);
        disk = new SimDisk(kernel, "disk " + slot + " of " + kernel.now());
        id = world.nextDriveId();
        world.renamed(this);
        mount();
    }

    /** What the disk said when it was mounted; what was added since is no sign of its age. */
    final DriveIdentity.Found found() {
        ReplicaRecord.Booted booted = memory.booted();
        return new DriveIdentity.Found(id, booted.boot(), booted.mount(), lengthFound);
    }

    /** Nobody remembers more of the drive than is there: it may help to enter mounts in the control log. */
    final void openForControlLog() {
        isKnownByPeers = true;
    }

    /** The drive may answer from now on. */
    final void serve() {
        serving = true;
        toCatchUp.addAll(world.partitions());
        kernel.after(random.nextInt((int) CHORE_MICROS), task, this::chores);
    }

    final void crash() {
        kernel.kill(task);
        disk.crash();
        serving = false;
    }

    /** One message arrived. */
    final void receive(Request request, long layoutVersion, Consumer<Object> reply) {
        boolean isUp = serving || (isKnownByPeers && world.isBeforeBoot(request));
        if (!isUp || disk.isFaulty()) {
            return;
        }
        RegisterKey key = request instanceof Request.Keyed keyed ? keyed.key() : null;
        if (global > 0) {
            held.add(() -> receive(request, layoutVersion, reply));
            return;
        }
        ArrayDeque<Runnable> waiting = key == null ? null : pending.get(key);
        if (waiting != null) {
            waiting.add(() -> receive(request, layoutVersion, reply));
            return;
        }
        memory.setNow(kernel.now());
        noteMissed(request);
        Verdict verdict = replica.decide(request, layoutVersion, memory, wallMicros());
        if (verdict instanceof Verdict.Answer answer) {
            if (kernel.isPrinting() && request instanceof Request.Store store) {
                kernel.say("drive " + slot + " refuses " + store.key() + " "
                        + store.accept().ballot() + ": " + answer.reply());
            }
            reply.accept(answer.reply());
            if (answer.reply() instanceof Messages.Fenced && request instanceof Request.Store store && serving) {
                askGuards(world.partitionOf(store.key()));
            }
            if (request instanceof Request.Store store
                    && (answer.reply() instanceof Messages.Behind || answer.reply() instanceof Messages.MissingShard)) {
                supply(store.accept());
            }
        } else if (verdict instanceof Verdict.Append append) {
            append(key, append.records(), () -> reply.accept(append.reply()));
        } else if (verdict instanceof Verdict.RaiseBound raise) {
            append(null, List.of(new ReplicaRecord.Bound(raise.counter())), () -> {
                replica.raiseBound(raise.counter());
                receive(request, layoutVersion, reply);
            });
        } else if (verdict instanceof Verdict.LearnControl learn) {
            gateway.learn(learn.version()).thenRun(() -> {
                if (gateway.layouts().version() >= learn.version()) {
                    learnt(() -> receive(request, layoutVersion, reply));
                }
            });
        }
    }

    private void askGuards(int partition) {
        if (partition >= 0 && askingGuards.add(partition)) {
            catchUp().guards(partition).thenAccept(done -> askingGuards.remove(partition));
        }
    }

    /** Gets what was missing for an accept, once at a time for a key. */
    private void supply(Messages.Accept accept) {
        List<Content> contents = new ArrayList<>();
        contents.add(accept.state().content());
        accept.edits().forEach(edit -> {
            if (edit instanceof VersionEdit.Add add) {
                contents.add(add.content());
            }
        });
        contents.removeIf(
                content -> content instanceof Content.Whole whole && memory.body(accept.key(), whole.id()) != null);
        if (serving && supplying.add(accept.key())) {
            CatchUp catchUp = catchUp();
            catchUp.follow(accept.key())
                    .thenCompose(followed -> catchUp.supply(accept.key(), contents))
                    .thenAccept(done -> supplying.remove(accept.key()));
        }
    }

    private CatchUp catchUp() {
        return world.variant()
                .catchUp(
                        id,
                        gateway,
                        new VersionReads(gateway, gateway, world::partitionOf),
                        gateway,
                        world::partitionOf,
                        World::rebuild,
                        gateway::nextOperation);
    }

    /** Somebody speaks of a chosen row that is not here: the message with it was lost. */
    private void noteMissed(Request request) {
        if (request instanceof Request.HasSettled ask) {
            noteMissed(ask.key(), ask.ballot());
        } else if (request instanceof Request.Settle settle) {
            noteMissed(settle.key(), settle.ballot());
        }
    }

    private void noteMissed(RegisterKey key, Ballot ballot) {
        if (memory.slot(key).accepted().compareTo(ballot) < 0) {
            toPull.add(key);
        }
    }

    /** Makes durable what the control log says now. */
    final void learnt(Runnable then) {
        long version = gateway.layouts().version();
        if (version <= memory.controlVersion()) {
            then.run();
            return;
        }
        List<ReplicaRecord> records = new ArrayList<>();
        for (int partition : world.newlyLearning(this, memory.controlVersion(), version)) {
            records.add(new ReplicaRecord.Learning(
                    partition, gateway.layouts().state().partition(partition).begun()));
        }
        records.add(new ReplicaRecord.SawControl(version));
        append(null, records, then);
    }

    /** Appends records of one key, or of the whole drive, and applies them once they are durable. */
    protected void append(
            @org.jspecify.annotations.Nullable RegisterKey key, List<ReplicaRecord> records, Runnable then) {
        if (disk.isFaulty()) {
            return;
        }
        if (key == null) {
            global++;
        } else {
            pending.put(key, new ArrayDeque<>());
        }
        long length = disk.length() + 1L;
        disk.append(task, records, () -> {
            durableLength = Math.max(durableLength, length);
            memory.setNow(kernel.now());
            records.forEach(one -> {
                memory.apply(one);
                world.applied(this, one);
            });
            ArrayDeque<Runnable> waiting = release(key);
            then.run();
            waiting.forEach(Runnable::run);
        });
    }

    private ArrayDeque<Runnable> release(@org.jspecify.annotations.Nullable RegisterKey key) {
        ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        if (key != null) {
            waiting.addAll(java.util.Objects.requireNonNull(pending.remove(key)));
        } else if (--global == 0) {
            waiting.addAll(held);
            held.clear();
        }
        return waiting;
    }

    /** What a drive does when nobody asks: catch up, settle, tidy. */
    private void chores() {
        if (!serving) {
            return;
        }
        CatchUp catchUp = catchUp();
        memory.setNow(kernel.now());
        if (random.nextInt(REFRESH_ONE_IN) == 0) {
            gateway.layouts().learn(0).thenRun(() -> {
                if (serving) {
                    learnt(() -> {});
                }
            });
        }
        for (int partition : world.partitionsAndLog()) {
            if (world.isReplica(this, partition)) {
                choresOf(partition, catchUp);
            }
        }
        trustAgain();
        kernel.after(CHORE_MICROS + random.nextInt((int) CHORE_MICROS), task, this::chores);
    }

    private void choresOf(int partition, CatchUp catchUp) {
        if (memory.learning().contains(partition)) {
            // A row that it alone took, and nobody will finish, is newer than all that it could pull.
            memory.chores(partition, CHORES_AT_ONCE).unsettled().forEach(catchUp::resolve);
            learn(partition, catchUp);
            return;
        }
        if (!memory.isFaithful()) {
            compare(partition, catchUp);
            return;
        }
        if (toCatchUp.contains(partition)) {
            catchUp.missed(partition).thenAccept(done -> {
                if (done) {
                    toCatchUp.remove(partition);
                }
            });
        }
        for (RegisterKey key : List.copyOf(toPull)) {
            if (world.partitionOf(key) == partition) {
                toPull.remove(key);
                catchUp.pull(key);
            }
        }
        if (hasToCompleteAgain(partition)) {
            learn(partition, catchUp);
        }
        Request.ChorePage page = memory.chores(partition, CHORES_AT_ONCE);
        page.unsettled().forEach(catchUp::resolve);
        var completion = world.variant().completion(gateway, gateway, world::partitionOf);
        for (RegisterKey key : page.incomplete()) {
            int turn = random.nextInt(COMPLETE_ONE_IN);
            if (turn == 0) {
                completion.complete(key);
            } else if (turn == 1 && isTombstone(key)) {
                catchUp.collectIfGone(key);
            }
        }
        var scavenger = world.variant().scavenger(gateway, gateway, world::partitionOf, gateway::nextOperation);
        page.staged().forEach(left -> scavenger.scavenge(left.key(), left.id()));
        for (RegisterKey key : List.copyOf(memory.keys(partition, null, false, Integer.MAX_VALUE))) {
            if (memory.isDamaged(key)) {
                catchUp.restore(key);
            }
        }
    }

    private boolean isTombstone(RegisterKey key) {
        Row highest = memory.slot(key).highest();
        return highest != null && highest.state().kind() == State.Kind.TOMBSTONE;
    }

    /** Whether a move went back a step since this drive was complete for it: then that has to be shown anew. */
    private boolean hasToCompleteAgain(int partition) {
        if (partition < 0) {
            return false;
        }
        PartitionLayout layout = gateway.layouts().state().partition(partition);
        return layout.learners().contains(id)
                && !Long.valueOf(layout.since()).equals(memory.completed().get(partition));
    }

    /** As a learner: pulls everything, and once more when nobody can add to what is old (register rule 9). */
    private void learn(int partition, CatchUp catchUp) {
        PartitionLayout layout = gateway.layouts().state().partition(partition);
        if (layout.stage() == Stage.FILLING) {
            catchUp.sweep(partition);
        } else if (layout.stage() == Stage.WRITE_BOTH_READ_OLD && memory.controlVersion() >= layout.since()) {
            LayoutSteps steps = world.variant().layoutSteps();
            world.steward().observe(gateway, layout).thenAccept(observed -> {
                if (steps.isBarrierReached(layout, observed)) {
                    catchUp.sweep(partition).thenAccept(done -> {
                        if (done) {
                            append(null, List.of(new ReplicaRecord.Completed(partition, layout.since())), () -> {});
                        }
                    });
                }
            });
        }
    }

    /** After it lost records: compares with the others, partition by partition, until it may be believed again. */
    private void compare(int partition, CatchUp catchUp) {
        catchUp.compare(partition).thenAccept(done -> {
            if (done) {
                compared.add(partition);
            }
        });
    }

    private void trustAgain() {
        if (!memory.isFaithful() && global == 0 && compared.containsAll(world.partitionsOf(this))) {
            List<ReplicaRecord> known = gone();
            known.add(new ReplicaRecord.Completed(-1, 0));
            append(null, known, () -> {});
        }
    }

    /** Keys that the log still has rows of and the drive has not: the record that took them away may be the one that is lost. */
    private List<ReplicaRecord> gone() {
        Set<RegisterKey> keys = new TreeSet<>();
        for (SimDisk.Batch batch : disk.read()) {
            if (!batch.isAnonymous()) {
                batch.records().forEach(one -> {
                    RegisterKey key = keyOf(one);
                    if (key != null && memory.slot(key).rows().isEmpty()) {
                        keys.add(key);
                    }
                });
            }
        }
        List<ReplicaRecord> gone = new ArrayList<>();
        keys.forEach(key -> gone.add(new ReplicaRecord.Forgotten(key)));
        return gone;
    }

    static @org.jspecify.annotations.Nullable RegisterKey keyOf(ReplicaRecord one) {
        if (one instanceof ReplicaRecord.Accepted accepted) {
            return accepted.key();
        }
        if (one instanceof ReplicaRecord.Settled settled) {
            return settled.key();
        }
        if (one instanceof ReplicaRecord.Adopted adopted) {
            return adopted.adopt().key();
        }
        if (one instanceof ReplicaRecord.Staged staged) {
            return staged.key();
        }
        if (one instanceof ReplicaRecord.RowDiscarded voided) {
            return voided.key();
        }
        if (one instanceof ReplicaRecord.Forgotten forgotten) {
            return forgotten.key();
        }
        return one instanceof ReplicaRecord.Collected collected ? collected.key() : null;
    }
}
