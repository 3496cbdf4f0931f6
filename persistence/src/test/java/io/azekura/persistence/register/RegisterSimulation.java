package io.azekura.persistence.register;

import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.ReadOutcome;
import io.azekura.persistence.register.Register.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One seeded history. Every change appends its number to the register's value, so that the order in which changes took
 * effect can be read off the last value, and every value that was ever read must be a prefix of it.
 *
 * <p>Not checked here: erasure-coded contents, several keys, layout changes.
 */
final class RegisterSimulation {
    private static final RegisterKey KEY = new RegisterKey(7, Bytes.utf8("key"));
    private static final Timing TIMING = new Timing(20, 5, 40, 2_000);
    private static final int CLIENTS = 4;
    private static final int OPERATIONS = 24;
    private static final double LOSS = 0.06;
    private static final double DUPLICATION = 0.04;

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** One operation of one client as the outside world sees it; {@code value} is what it was told, or null. */
    private static final class Call {
        private final long number;
        private final boolean isRead;
        private final long begun;
        private long ended = Long.MAX_VALUE;
        private @Nullable List<Long> value;

        private Call(long number, boolean isRead, long begun) {
            this.number = number;
            this.isRead = isRead;
            this.begun = begun;
        }
    }

    private final Random random;
    private final boolean printing;
    private final Quorum quorum;
    private final List<MemoryDrive> drives = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Call> calls = new ArrayList<>();
    private final StringBuilder trace = new StringBuilder();
    private final boolean[] paused;
    private boolean wiping;
    private boolean faultsOver;
    private long now;
    private long order;
    private long process = 100;
    private long operations;

    RegisterSimulation(long seed, int driveCount, boolean printing) {
        this.random = new Random(seed);
        this.printing = printing;
        this.quorum = new Quorum(driveCount);
        this.paused = new boolean[driveCount];
        for (int i = 0; i < driveCount; i++) {
            drives.add(new MemoryDrive());
        }
    }

    void wipeInsteadOfRestart() {
        wiping = true;
    }

    void play() {
        for (int client = 0; client < CLIENTS; client++) {
            BallotSource ballots = new BallotSource(process++);
            at(random.nextInt(30), () -> next(ballots));
        }
        for (int i = 0; i < 6; i++) {
            at(random.nextInt(600), this::disturb);
        }
        run();
        faultsOver = true;
        Arrays.fill(paused, false);
        drives.forEach(drive -> drive.setDown(false));
        BallotSource last = new BallotSource(process++);
        for (int i = 0; i < 2; i++) {
            read(last, () -> {});
            run();
        }
    }

    String trace() {
        return trace.toString();
    }

    int acknowledged() {
        return (int) calls.stream().filter(call -> call.value != null).count();
    }

    /** Empty, or what is wrong with the history. */
    String violation() {
        Call end = calls.get(calls.size() - 1);
        if (end.value == null) {
            return "no read succeeded after the faults were over";
        }
        List<Long> effective = end.value;
        Set<Long> once = new HashSet<>(effective);
        if (once.size() != effective.size()) {
            return "a change took effect twice: " + effective;
        }
        for (Call call : calls) {
            List<Long> value = call.value;
            if (value == null) {
                continue;
            }
            if (value.size() > effective.size()
                    || !effective.subList(0, value.size()).equals(value)) {
                return "call " + call.number + " saw " + value + ", which is no prefix of " + effective;
            }
            for (Call earlier : calls) {
                if (earlier.value != null
                        && earlier.ended < call.begun
                        && earlier.value.size() > value.size() - (call.isRead ? 0 : 1)) {
                    return "call " + call.number + " saw " + value + " after call " + earlier.number + " had seen "
                            + earlier.value;
                }
            }
        }
        return "";
    }

    private void next(BallotSource ballots) {
        if (calls.size() >= OPERATIONS) {
            return;
        }
        boolean dies = random.nextInt(12) == 0;
        BallotSource successor = dies ? new BallotSource(process++) : ballots;
        Runnable then = () -> at(random.nextInt(25), () -> next(successor));
        boolean[] dead = new boolean[1];
        if (dies) {
            at(random.nextInt(20), () -> {
                dead[0] = true;
                log("gateway dies");
                then.run();
            });
        }
        Runnable unlessDead = dies ? () -> {} : then;
        if (random.nextInt(3) == 0) {
            read(ballots, unlessDead);
        } else {
            append(ballots, dead, unlessDead);
        }
    }

    private void append(BallotSource ballots, boolean[] dead, Runnable then) {
        Call call = begin(false);
        DataId data = new DataId(1, call.number);
        Change<String> change = current -> new Write<>(
                State.Kind.LIVE,
                encode(current, call.number),
                new Content.Whole(data, 8),
                Bytes.wrap(ByteBuffer.allocate(8).putLong(call.number).array()),
                0);
        Proposer<String> proposer = proposer(ballots, change);
        perform(new ChangeMachine<>(proposer), dead, outcome -> {
            log("append " + call.number + " ends " + outcome);
            call.ended = now;
            if (outcome instanceof Applied<String> applied) {
                call.value = decode(applied.state());
            }
            then.run();
        });
    }

    private void read(BallotSource ballots, Runnable then) {
        Call call = begin(true);
        Reader reader = new Reader(KEY, quorum, TIMING);
        boolean[] alive = new boolean[1];
        perform(new ReadMachine(reader), alive, outcome -> {
            if (outcome instanceof Reader.Pending) {
                Proposer<String> proposer = proposer(ballots, Proposer.finishing());
                perform(new ChangeMachine<>(proposer), alive, finished -> {
                    State state = finished instanceof Declined<String> declined ? declined.current() : null;
                    endRead(call, state, then);
                });
            } else {
                endRead(call, outcome instanceof Value value ? value.state() : null, then);
            }
        });
    }

    private void endRead(Call call, @Nullable State state, Runnable then) {
        call.ended = now;
        call.value = state == null ? null : decode(state);
        log("read " + call.number + " ends " + call.value);
        then.run();
    }

    private Call begin(boolean isRead) {
        Call call = new Call(calls.size() + 1L, isRead, now);
        calls.add(call);
        log((isRead ? "read " : "append ") + call.number + " begins");
        return call;
    }

    private Proposer<String> proposer(BallotSource ballots, Change<String> change) {
        OperationId id = new OperationId(9, ++operations);
        return new Proposer<>(KEY, id, change, quorum, 1, TIMING, ballots, random::nextDouble);
    }

    /** A drive restarts, pauses for a while, or answers "unknown" for a while. */
    private void disturb() {
        int victim = random.nextInt(drives.size());
        int kind = random.nextInt(3);
        log("drive " + victim + " disturbed, kind " + kind);
        if (kind == 0 && wiping) {
            drives.set(victim, new MemoryDrive());
        } else if (kind == 0) {
            drives.get(victim).restart();
        } else if (kind == 1) {
            paused[victim] = true;
            at(random.nextInt(200), () -> paused[victim] = false);
        } else {
            drives.get(victim).setDown(true);
            at(random.nextInt(200), () -> drives.get(victim).setDown(false));
        }
    }

    /** What the two machines have in common here. */
    private interface Machine<O> {
        List<Step<O>> start();

        List<Step<O>> onTimer(Step.Timer timer);

        /** Sends the step's message to the drive and returns how its reply is to be handled. */
        Supplier<List<Step<O>>> deliver(Step<O> step, MemoryDrive drive);
    }

    private record ReadMachine(Reader reader) implements Machine<ReadOutcome> {
        @Override
        public List<Step<ReadOutcome>> start() {
            return reader.start();
        }

        @Override
        public List<Step<ReadOutcome>> onTimer(Step.Timer timer) {
            return reader.onTimer(timer);
        }

        @Override
        public Supplier<List<Step<ReadOutcome>>> deliver(Step<ReadOutcome> step, MemoryDrive drive) {
            var reply = drive.read(KEY);
            int position = ((Step.SendRead<ReadOutcome>) step).position();
            return () -> reader.onReply(position, reply);
        }
    }

    private record ChangeMachine<R>(Proposer<R> proposer) implements Machine<ChangeOutcome<R>> {
        @Override
        public List<Step<ChangeOutcome<R>>> start() {
            return proposer.start();
        }

        @Override
        public List<Step<ChangeOutcome<R>>> onTimer(Step.Timer timer) {
            return proposer.onTimer(timer);
        }

        @Override
        public Supplier<List<Step<ChangeOutcome<R>>>> deliver(Step<ChangeOutcome<R>> step, MemoryDrive drive) {
            if (step instanceof Step.SendPrepare<ChangeOutcome<R>> send) {
                var reply = drive.prepare(send.prepare()).toCompletableFuture().join();
                return () ->
                        proposer.onPrepareReply(send.position(), send.prepare().ballot(), reply);
            }
            Step.SendAccept<ChangeOutcome<R>> send = (Step.SendAccept<ChangeOutcome<R>>) step;
            var reply = drive.accept(send.accept()).toCompletableFuture().join();
            return () -> proposer.onAcceptReply(send.position(), send.accept().ballot(), reply);
        }
    }

    private <O> void perform(Machine<O> machine, boolean[] dead, Consumer<O> end) {
        carryOut(machine, machine.start(), dead, end);
    }

    private <O> void carryOut(Machine<O> machine, List<Step<O>> steps, boolean[] dead, Consumer<O> end) {
        for (Step<O> step : steps) {
            if (step instanceof Step.Finish<O> finish) {
                end.accept(finish.outcome());
            } else if (step instanceof Step.StartTimer<O> start) {
                at(start.delayMillis(), () -> {
                    if (!dead[0]) {
                        carryOut(machine, machine.onTimer(start.timer()), dead, end);
                    }
                });
            } else if (step instanceof Step.SendSettle<O> settle) {
                send(settle.position(), drive -> drive.settle(settle.key(), settle.ballot()));
            } else {
                int position = positionOf(step);
                send(position, drive -> {
                    var handler = machine.deliver(step, drive);
                    receive(() -> {
                        if (!dead[0]) {
                            carryOut(machine, handler.get(), dead, end);
                        }
                    });
                });
            }
        }
    }

    private static int positionOf(Step<?> step) {
        if (step instanceof Step.SendRead<?> send) {
            return send.position();
        }
        return step instanceof Step.SendPrepare<?> send ? send.position() : ((Step.SendAccept<?>) step).position();
    }

    private void send(int position, Consumer<MemoryDrive> message) {
        int copies = copies();
        for (int i = 0; i < copies; i++) {
            at(delay(), () -> arrive(position, message));
        }
    }

    private void arrive(int position, Consumer<MemoryDrive> message) {
        if (paused[position]) {
            at(10, () -> arrive(position, message));
        } else {
            message.accept(drives.get(position));
        }
    }

    private void receive(Runnable reply) {
        int copies = copies();
        for (int i = 0; i < copies; i++) {
            at(delay(), reply);
        }
    }

    private int copies() {
        if (faultsOver) {
            return 1;
        }
        double draw = random.nextDouble();
        return draw < LOSS ? 0 : draw < LOSS + DUPLICATION ? 2 : 1;
    }

    private long delay() {
        return random.nextInt(10) == 0 ? random.nextInt(60) : random.nextInt(6);
    }

    private void at(long delay, Runnable action) {
        events.add(new Event(now + delay, order++, action));
    }

    private void run() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            now = event.time();
            event.action().run();
        }
    }

    private void log(String line) {
        trace.append(now).append(' ').append(line).append('\n');
        if (printing) {
            System.out.println(now + " " + line);
        }
    }

    private static Bytes encode(State current, long number) {
        ByteBuffer buffer = ByteBuffer.allocate(current.value().length() + Long.BYTES);
        buffer.put(current.value().array()).putLong(number);
        return Bytes.wrap(buffer.array());
    }

    private static List<Long> decode(State state) {
        List<Long> numbers = new ArrayList<>();
        ByteBuffer buffer = state.value().buffer();
        while (buffer.hasRemaining()) {
            numbers.add(buffer.getLong());
        }
        return numbers;
    }
}
