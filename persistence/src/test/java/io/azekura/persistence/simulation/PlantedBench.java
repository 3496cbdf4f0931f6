package io.azekura.persistence.simulation;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.Step;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaMemory;
import io.azekura.persistence.replica.ReplicaRecord;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one partition and one proposer after the other, without time: for schedules that are written down
 * message by message.
 */
final class PlantedBench implements Register, Replicas {
    static final RegisterKey KEY = new RegisterKey(0x1000, Bytes.utf8("k"));
    static final long WALL_MICROS = 1_000_000_000;

    private final Variant variant;
    private final List<DriveId> ids = new ArrayList<>();
    private final List<ReplicaMemory> memories = new ArrayList<>();
    private final List<Replica> replicas = new ArrayList<>();
    private final Set<Integer> down = new HashSet<>();
    private BiFunction<Integer, Request, Fate> network = (drive, request) -> Fate.ARRIVES;
    private BallotSource ballots = new BallotSource(1);
    private Quorum quorum;
    private long layoutVersion;
    private long process = 1;
    private long sequence;

    /** What becomes of a message. */
    enum Fate {
        ARRIVES,
        LOST,
        /** The drive does it, and nobody hears of it. */
        ANSWER_LOST
    }

    PlantedBench(Variant variant, int drives) {
        this.variant = variant;
        this.quorum = variant.quorum(drives);
        for (int drive = 0; drive < drives; drive++) {
            ids.add(new DriveId(new UUID(9, drive)));
            memories.add(fresh());
            replicas.add(variant.replica(variant.acceptor(0), key -> 0));
        }
    }

    private static ReplicaMemory fresh() {
        ReplicaMemory memory = new ReplicaMemory(key -> 0, (version, partition) -> version);
        memory.setChoreAge(0);
        return memory;
    }

    Variant variant() {
        return variant;
    }

    ReplicaMemory memory(int drive) {
        return memories.get(drive);
    }

    /** Only these drives can be reached from now on. */
    void reach(Integer... drives) {
        down.clear();
        for (int drive = 0; drive < ids.size(); drive++) {
            down.add(drive);
        }
        down.removeAll(List.of(drives));
    }

    void reachAll() {
        down.clear();
    }

    void network(BiFunction<Integer, Request, Fate> fates) {
        network = fates;
    }

    void calm() {
        network = (drive, request) -> Fate.ARRIVES;
    }

    /** Another process proposes from now on. */
    void nextProcess() {
        process++;
        ballots = new BallotSource(process);
    }

    /** The drive's process dies and starts again: what it had in memory alone is gone. */
    void restart(int drive) {
        replicas.set(drive, variant.replica(variant.acceptor(memories.get(drive).bound()), key -> 0));
    }

    /** The drive loses all that it has, and knows that it lost something. */
    void lose(int drive) {
        memories.set(drive, fresh());
        memories.get(drive).doubt();
    }

    /** Who must answer from now on. */
    void layout(Quorum next) {
        quorum = next;
    }

    /** Who must answer for somebody who knows the layout of this version. */
    void layout(long version, Quorum next) {
        layoutVersion = version;
        quorum = next;
    }

    /** All drives have durably seen this version of the layout. */
    void see(long version) {
        memories.forEach(memory -> memory.apply(new ReplicaRecord.SawControl(version)));
    }

    DriveId id(int drive) {
        return ids.get(drive);
    }

    OperationId nextOperation() {
        return new OperationId(process, ++sequence);
    }

    /** Asks one drive, as many times as it takes to be answered. */
    Object ask(int drive, Request request) {
        Fate fate = down.contains(drive) ? Fate.LOST : network.apply(drive, request);
        if (fate == Fate.LOST) {
            return new Unknown("lost");
        }
        Object reply = answer(drive, request);
        return fate == Fate.ANSWER_LOST ? new Unknown("the answer was lost") : reply;
    }

    private Object answer(int drive, Request request) {
        ReplicaMemory memory = memories.get(drive);
        while (true) {
            Verdict verdict = replicas.get(drive).decide(request, layoutVersion, memory, WALL_MICROS);
            if (verdict instanceof Verdict.Append append) {
                append.records().forEach(memory::apply);
                return append.reply();
            }
            if (!(verdict instanceof Verdict.RaiseBound raise)) {
                return ((Verdict.Answer) verdict).reply();
            }
            memory.apply(new ReplicaRecord.Bound(raise.counter()));
            replicas.get(drive).raiseBound(raise.counter());
        }
    }

    /** Carries out a change of which all accepts are late; they, in the order of the drives. */
    List<Request> late(Runnable change) {
        List<Request> stores = new ArrayList<>();
        network((drive, request) -> {
            if (request instanceof Request.Store) {
                stores.add(request);
                return Fate.LOST;
            }
            return Fate.ARRIVES;
        });
        change.run();
        calm();
        return stores;
    }

    /** Writes a value without bytes. */
    ChangeOutcome<String> write(String value) {
        return write(KEY, Content.NONE, value);
    }

    ChangeOutcome<String> write(RegisterKey key, Content content, String value) {
        return propose(
                key,
                nextOperation(),
                current -> new Change.Write<>(State.Kind.LIVE, Bytes.utf8(value), content, null, 1));
    }

    ChangeOutcome<String> delete() {
        return propose(
                KEY,
                nextOperation(),
                current -> new Change.Write<>(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, null, 1));
    }

    /** The value that a reader finds, "absent", or nothing when it cannot tell. */
    @Nullable
    String readValue() {
        ReadOutcome outcome = readOnce(KEY);
        if (!(outcome instanceof Value value)) {
            return null;
        }
        return value.state().isLive() ? value.state().value().utf8() : "absent";
    }

    /** The value that a proposer finds and confirms, "absent", or nothing when it cannot. */
    @Nullable
    String confirmedValue() {
        ChangeOutcome<String> end = propose(KEY, nextOperation(), Proposer.finishing());
        if (!(end instanceof Declined<String> declined)) {
            return null;
        }
        return declined.current().isLive() ? declined.current().value().utf8() : "absent";
    }

    <R> ChangeOutcome<R> propose(RegisterKey key, OperationId operation, Change<R> change) {
        Proposer<R> proposer =
                variant.proposer(key, operation, change, quorum, layoutVersion, SimGateway.TIMING, ballots, () -> 0.5);
        return run(
                proposer.start(),
                step -> {
                    if (step instanceof Step.SendPrepare<ChangeOutcome<R>> send) {
                        Object reply = ask(send.position(), new Request.Promise(send.prepare()));
                        return proposer.onPrepareReply(
                                send.position(),
                                send.prepare().ballot(),
                                reply instanceof PrepareReply one ? one : new Unknown("odd"));
                    }
                    if (step instanceof Step.SendAccept<ChangeOutcome<R>> send) {
                        Object reply = ask(send.position(), new Request.Store(send.accept()));
                        return proposer.onAcceptReply(
                                send.position(),
                                send.accept().ballot(),
                                reply instanceof AcceptReply one ? one : new Unknown("odd"));
                    }
                    return settle(key, step);
                },
                proposer::onTimer);
    }

    private <O> List<Step<O>> settle(RegisterKey key, Step<O> step) {
        if (step instanceof Step.SendSettle<O> settle) {
            ask(settle.position(), new Request.Settle(key, settle.ballot(), settle.everywhere()));
        }
        return List.of();
    }

    private ReadOutcome readOnce(RegisterKey key) {
        Reader reader = variant.reader(key, quorum, SimGateway.TIMING);
        return run(
                reader.start(),
                step -> {
                    if (step instanceof Step.SendRead<ReadOutcome> send) {
                        Object reply = ask(send.position(), new Request.Read(key, true));
                        return reader.onReply(
                                send.position(), reply instanceof ReadReply one ? one : new Unknown("odd"));
                    }
                    return settle(key, step);
                },
                reader::onTimer);
    }

    /** Carries out steps in their order, and timers only when nothing else is left to do. */
    private static <O> O run(
            List<Step<O>> first, Function<Step<O>, List<Step<O>>> send, Function<Step.Timer, List<Step<O>>> onTimer) {
        ArrayDeque<Step<O>> steps = new ArrayDeque<>(first);
        List<Step.StartTimer<O>> timers = new ArrayList<>();
        while (true) {
            Step<O> step = steps.poll();
            if (step instanceof Step.Finish<O> finish) {
                return finish.outcome();
            } else if (step instanceof Step.StartTimer<O> start) {
                timers.add(start);
            } else if (step != null) {
                steps.addAll(send.apply(step));
            } else {
                timers.sort(Comparator.comparingLong(Step.StartTimer::delayMillis));
                steps.addAll(onTimer.apply(timers.remove(0).timer()));
            }
        }
    }

    @Override
    public CompletionStage<ReadOutcome> read(RegisterKey key) {
        ReadOutcome outcome = readOnce(key);
        if (outcome instanceof Reader.Pending) {
            ChangeOutcome<String> end = propose(key, nextOperation(), Proposer.finishing());
            outcome = end instanceof Declined<String> declined
                    ? new Value(declined.ballot(), declined.current())
                    : new Unreadable("not finished");
        }
        return CompletableFuture.completedStage(outcome);
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
        return CompletableFuture.completedStage(propose(key, operation, change));
    }

    @Override
    public Location locate(int partition) {
        return new Location(partition, layoutVersion, quorum, ids);
    }

    @Override
    public List<Integer> partitionsOf(long space) {
        return List.of(0);
    }

    @Override
    public CompletionStage<Void> learn(long version) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
        return CompletableFuture.completedStage(ask(ids.indexOf(drive), request));
    }
}
