package io.azekura.persistence.simulation;

import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Messages;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Step;
import io.azekura.persistence.register.Timing;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.StagedPlaces;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shell of one process start that proposes and reads: it carries out the steps of {@link Proposer} and {@link Reader}
 * over the simulated network. Changes of one key queue here, as in a real gateway.
 */
final class SimGateway implements Register, Replicas {
    static final Timing TIMING = new Timing(20, 4, 60, 3_000);
    private static final Unknown NO_ANSWER = new Unknown("no answer in time");
    private static final int LAYOUTS_MAX = 8;
    private static final long MICROS_PER_MILLI = 1000;

    private final World world;
    private final Kernel kernel;
    private final Kernel.Task task;
    private final int node;
    private final long process;
    private final BallotSource ballots;
    private final Random random;
    private final Map<RegisterKey, CompletionStage<?>> tails = new HashMap<>();
    private final StagedPlaces staged = new StagedPlaces();
    private final SimLayouts layouts;
    private final Map<DriveId, DriveIdentity.HighWater> highWater = new HashMap<>();
    private long sequence;

    SimGateway(World world, Kernel.Task task, int node, long process) {
        this.world = world;
        this.kernel = world.kernel();
        this.task = task;
        this.node = node;
        this.process = process;
        this.ballots = new BallotSource(process);
        this.random = kernel.random("gateway " + process);
        this.layouts = new SimLayouts(this, world);
    }

    /** The furthest that this process saw a drive, or null. */
    DriveIdentity.@Nullable HighWater highWater(DriveId drive) {
        return highWater.get(drive);
    }

    Map<DriveId, DriveIdentity.HighWater> marks() {
        return Map.copyOf(highWater);
    }

    void saw(DriveId drive, DriveIdentity.HighWater mark) {
        highWater.merge(drive, mark, SimGateway::further);
        world.saw(drive, mark);
    }

    static DriveIdentity.HighWater further(DriveIdentity.HighWater a, DriveIdentity.HighWater b) {
        return new DriveIdentity.HighWater(Math.max(a.boot(), b.boot()), Math.max(a.sequence(), b.sequence()));
    }

    StagedPlaces staged() {
        return staged;
    }

    SimLayouts layouts() {
        return layouts;
    }

    OperationId nextOperation() {
        return new OperationId(process, ++sequence);
    }

    int node() {
        return node;
    }

    Kernel.Task task() {
        return task;
    }

    long process() {
        return process;
    }

    @Override
    public Location locate(int partition) {
        return layouts.locate(partition);
    }

    @Override
    public List<Integer> partitionsOf(long space) {
        return world.partitionsOf(space);
    }

    @Override
    public CompletionStage<Void> learn(long version) {
        return layouts.learn(version);
    }

    @Override
    public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        Kernel.Timeout timeout = kernel.timeout(task, () -> answer.complete(NO_ANSWER));
        send(drive, request, layoutVersion, reply -> {
            timeout.cancel();
            answer.complete(reply);
        });
        return answer;
    }

    private void send(DriveId drive, Request request, long layoutVersion, Consumer<Object> reply) {
        world.send(this, drive, request, layoutVersion, reply);
    }

    /** The registers of a fixed list of drives, which no layout moves: those of the control log. */
    Register on(List<DriveId> holders) {
        return new Fixed(new Location(-1, 0, world.variant().quorum(holders.size()), holders));
    }

    private final class Fixed implements Register {
        private final Location location;

        private Fixed(Location location) {
            this.location = location;
        }

        @Override
        public CompletionStage<ReadOutcome> read(RegisterKey key) {
            return SimGateway.this.read(key, same -> location, 0);
        }

        @Override
        public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
            return queued(key, operation, change, same -> location);
        }
    }

    @Override
    public CompletionStage<ReadOutcome> read(RegisterKey key) {
        return read(key, this::locate, 0);
    }

    private Location locate(RegisterKey key) {
        return locate(world.partitionOf(key));
    }

    private CompletionStage<ReadOutcome> read(RegisterKey key, Function<RegisterKey, Location> where, int layoutsMet) {
        Location location = where.apply(key);
        Reader reader = world.variant().reader(key, location.quorum(), TIMING);
        Run<ReadOutcome> run = new Run<>(key, location, reader::onTimer) {
            @Override
            void onReply(Step<ReadOutcome> step, int replica, Object reply) {
                carryOut(reader.onReply(replica, reply instanceof ReadReply read ? read : odd(reply)));
            }
        };
        run.carryOut(reader.start());
        return run.outcome.thenCompose(outcome -> {
            if (outcome instanceof Reader.LayoutChanged changed && layoutsMet < LAYOUTS_MAX) {
                return learn(changed.version()).thenCompose(learnt -> read(key, where, layoutsMet + 1));
            }
            if (outcome instanceof Reader.LayoutChanged) {
                return done(new Unreadable("the layout keeps changing"));
            }
            return outcome instanceof Reader.Pending ? finish(key, where) : done(outcome);
        });
    }

    private CompletionStage<ReadOutcome> finish(RegisterKey key, Function<RegisterKey, Location> where) {
        return queued(key, nextOperation(), Proposer.finishing(), where).thenApply(outcome -> {
            if (outcome instanceof Declined<String> declined) {
                return new Value(declined.ballot(), declined.current());
            }
            return new Unreadable("a pending write could not be finished: " + outcome);
        });
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
        return queued(key, operation, change, this::locate);
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> changeOnceReady(
            RegisterKey key, OperationId operation, CompletionStage<? extends Change<R>> change) {
        return queued(key, operation, change.<Change<R>>thenApply(ready -> ready), this::locate);
    }

    private <R> CompletionStage<ChangeOutcome<R>> queued(
            RegisterKey key, OperationId operation, Change<R> change, Function<RegisterKey, Location> where) {
        return queued(key, operation, done(change), where);
    }

    private <R> CompletionStage<ChangeOutcome<R>> queued(
            RegisterKey key,
            OperationId operation,
            CompletionStage<Change<R>> change,
            Function<RegisterKey, Location> where) {
        CompletableFuture<ChangeOutcome<R>> outcome = new CompletableFuture<>();
        CompletionStage<?> before = tails.put(key, outcome);
        Runnable begin = () -> propose(key, operation, change, where, null, 0).whenComplete((value, failure) -> {
            tails.remove(key, outcome);
            if (failure != null) {
                outcome.completeExceptionally(failure);
            } else {
                outcome.complete(value);
            }
        });
        if (before == null) {
            begin.run();
        } else {
            before.whenComplete((ignored, failure) -> begin.run());
        }
        return outcome;
    }

    private <R> CompletionStage<ChangeOutcome<R>> propose(
            RegisterKey key,
            OperationId operation,
            CompletionStage<Change<R>> change,
            Function<RegisterKey, Location> where,
            @Nullable Ballot earlierAccept,
            int layoutsMet) {
        Location location = where.apply(key);
        CompletableFuture<Change<R>> ready = change.toCompletableFuture();
        Proposer<R> proposer = world.variant()
                .proposer(
                        key,
                        operation,
                        ready.isDone() ? ready.join() : Proposer.notReady(),
                        location.quorum(),
                        location.layoutVersion(),
                        TIMING,
                        ballots,
                        random::nextDouble);
        proposer.resume(earlierAccept);
        if (kernel.isPrinting()) {
            kernel.say(task + " proposes for " + key + " as " + operation + " in layout " + location.layoutVersion());
        }
        if (!ready.isDone()) {
            proposer.hold();
        }
        Set<DataId> asked = new HashSet<>();
        proposer.countOnly(content -> {
            DataId id = Replica.dataId(content);
            if (id != null) {
                asked.add(id);
            }
            return staged.ready(content, location);
        });
        Run<ChangeOutcome<R>> run = new Run<>(key, location, proposer::onTimer) {
            @Override
            void onReply(Step<ChangeOutcome<R>> step, int replica, Object reply) {
                if (step instanceof Step.SendPrepare<ChangeOutcome<R>> send) {
                    PrepareReply promise = reply instanceof PrepareReply one ? one : odd(reply);
                    carryOut(proposer.onPrepareReply(replica, send.prepare().ballot(), promise));
                } else if (step instanceof Step.SendAccept<ChangeOutcome<R>> send) {
                    AcceptReply accept = reply instanceof AcceptReply one ? one : odd(reply);
                    carryOut(proposer.onAcceptReply(replica, send.accept().ballot(), accept));
                }
            }
        };
        run.carryOut(proposer.start());
        change.thenAccept(released -> run.carryOut(proposer.release(released)));
        return run.outcome.thenCompose(outcome -> {
            if (kernel.isPrinting()) {
                kernel.say(task + " ended " + operation + ": " + outcome);
            }
            if (outcome instanceof Proposer.LayoutChanged<R> changed) {
                if (layoutsMet < LAYOUTS_MAX) {
                    return learn(changed.version())
                            .thenCompose(learnt -> staged.follow(key, where.apply(key), this))
                            .thenCompose(learnt ->
                                    propose(key, operation, change, where, changed.lastAccept(), layoutsMet + 1));
                }
                return done(
                        changed.lastAccept() == null
                                ? new Unavailable<R>("the layout keeps changing")
                                : new OutcomeUnknown<R>("the layout keeps changing"));
            }
            asked.forEach(staged::forget);
            return done(outcome);
        });
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedStage(value);
    }

    private static Unknown odd(Object reply) {
        return reply instanceof Messages.Unknown unknown ? unknown : new Unknown(reply.toString());
    }

    /** Carries out the steps of one machine. */
    private abstract class Run<O> {
        private final RegisterKey key;
        private final Location location;
        private final Function<Step.Timer, List<Step<O>>> timers;
        private final CompletableFuture<O> outcome = new CompletableFuture<>();

        private Run(RegisterKey key, Location location, Function<Step.Timer, List<Step<O>>> timers) {
            this.key = key;
            this.location = location;
            this.timers = timers;
        }

        abstract void onReply(Step<O> step, int replica, Object reply);

        final void carryOut(List<Step<O>> steps) {
            for (Step<O> step : steps) {
                carryOut(step);
            }
        }

        private void carryOut(Step<O> step) {
            if (step instanceof Step.Finish<O> finish) {
                outcome.complete(finish.outcome());
            } else if (step instanceof Step.StartTimer<O> start) {
                kernel.after(start.delayMillis() * MICROS_PER_MILLI, task, () -> carryOut(timers.apply(start.timer())));
            } else if (step instanceof Step.SendSettle<O> settle) {
                Request request = new Request.Settle(settle.key(), settle.ballot(), settle.everywhere());
                SimGateway.this.send(drive(settle.position()), request, location.layoutVersion(), ignored -> {});
            } else if (step instanceof Step.SendRead<O> send) {
                ask(step, send.position(), new Request.Read(key, true));
            } else if (step instanceof Step.SendPrepare<O> send) {
                ask(step, send.position(), new Request.Promise(send.prepare()));
            } else if (step instanceof Step.SendAccept<O> send) {
                ask(step, send.position(), new Request.Store(send.accept()));
            }
        }

        private void ask(Step<O> step, int replica, Request request) {
            Kernel.Timeout timeout = kernel.timeout(task, () -> onReply(step, replica, NO_ANSWER));
            SimGateway.this.send(drive(replica), request, location.layoutVersion(), reply -> {
                timeout.cancel();
                onReply(step, replica, reply);
            });
        }

        private DriveId drive(int replica) {
            return location.drives().get(replica);
        }
    }
}
