package io.azekura.actors.register;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Step;
import io.azekura.persistence.register.Step.Timer;
import io.azekura.persistence.register.Timing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers over the drives of this process: the shell that carries out the steps of {@link Reader} and
 * {@link Proposer}. Changes of one key are queued here, so that clients of this gateway never duel with one another;
 * reads are not. Everything that may touch a disk runs on the executor that is given.
 */
public final class RegisterGateway implements Register {
    private final Function<RegisterKey, Replicas> replicas;
    private final BallotSource ballots;
    private final Timing timing;
    private final Executor blocking;
    private final ScheduledExecutorService timers;
    private final OperationIds finishing;
    private final ConcurrentHashMap<RegisterKey, CompletionStage<?>> tails = new ConcurrentHashMap<>();

    /** The drives of one key's stripe set, in its order, and the version of the layout that says so. */
    public record Replicas(List<Drive> drives, long layoutVersion) {
        public Replicas {
            drives = List.copyOf(drives);
        }
    }

    /** Fresh operation ids of this process start. */
    private static final class OperationIds {
        private final long process;
        private final AtomicLong last = new AtomicLong();

        private OperationIds(long process) {
            this.process = process;
        }

        private OperationId next() {
            // Negative numbers: never those of a client's operation.
            return new OperationId(process, last.decrementAndGet());
        }
    }

    /**
     * Makes a gateway of one process start.
     *
     * @param process random id of the process start, never used before (register rule 12)
     * @param blocking runs index look-ups and state machines; must not be a dispatcher of actors
     */
    public RegisterGateway(
            Function<RegisterKey, Replicas> replicas,
            long process,
            Timing timing,
            Executor blocking,
            ScheduledExecutorService timers) {
        this.replicas = replicas;
        this.ballots = new BallotSource(process);
        this.timing = timing;
        this.blocking = blocking;
        this.timers = timers;
        this.finishing = new OperationIds(process);
    }

    @Override
    public CompletionStage<ReadOutcome> read(RegisterKey key) {
        Replicas set = replicas.apply(key);
        Reader reader = new Reader(key, new Quorum(set.drives().size()), timing);
        ReadRun run = new ReadRun(key, set.drives(), reader);
        run.post(reader::start);
        return run.outcome().thenCompose(outcome -> outcome instanceof Reader.Pending ? finish(key) : done(outcome));
    }

    /** Lets a proposer decide what a pending write becomes. */
    private CompletionStage<ReadOutcome> finish(RegisterKey key) {
        return change(key, finishing.next(), Proposer.finishing()).thenApply(outcome -> {
            if (outcome instanceof Declined<String> declined) {
                return new Value(declined.ballot(), declined.current());
            }
            return new Unreadable("a pending write could not be finished: " + outcome);
        });
    }

    @Override
    public <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change) {
        CompletableFuture<ChangeOutcome<R>> outcome = new CompletableFuture<>();
        CompletionStage<?> tail = tails.compute(key, (same, before) -> {
            if (before == null) {
                propose(key, operation, change, outcome);
            } else {
                before.whenComplete((ignored, failure) -> propose(key, operation, change, outcome));
            }
            return outcome;
        });
        return outcome.whenComplete((ignored, failure) -> tails.remove(key, tail));
    }

    private <R> void propose(
            RegisterKey key, OperationId operation, Change<R> change, CompletableFuture<ChangeOutcome<R>> outcome) {
        Replicas set = replicas.apply(key);
        Proposer<R> proposer = new Proposer<>(
                key,
                operation,
                change,
                new Quorum(set.drives().size()),
                set.layoutVersion(),
                timing,
                ballots,
                () -> ThreadLocalRandom.current().nextDouble());
        ChangeRun<R> run = new ChangeRun<>(set.drives(), proposer);
        run.outcome().whenComplete((value, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(failure);
            } else {
                outcome.complete(value);
            }
        });
        run.post(proposer::start);
    }

    private static <T> CompletionStage<T> done(@Nullable T value) {
        return CompletableFuture.completedStage(value);
    }

    private final class ReadRun extends StepRun<ReadOutcome> {
        private final RegisterKey key;
        private final Reader reader;

        private ReadRun(RegisterKey key, List<Drive> drives, Reader reader) {
            super(drives, blocking, timers);
            this.key = key;
            this.reader = reader;
        }

        @Override
        protected void read(int position) {
            var reply = drive(position).read(key);
            post(() -> reader.onReply(position, reply));
        }

        @Override
        protected List<Step<ReadOutcome>> onTimer(Timer timer) {
            return reader.onTimer(timer);
        }
    }

    private final class ChangeRun<R> extends StepRun<ChangeOutcome<R>> {
        private final Proposer<R> proposer;

        private ChangeRun(List<Drive> drives, Proposer<R> proposer) {
            super(drives, blocking, timers);
            this.proposer = proposer;
        }

        @Override
        protected void prepare(int position, Prepare prepare) {
            drive(position)
                    .prepare(prepare)
                    .whenComplete((reply, failure) -> post(() -> proposer.onPrepareReply(
                            position, prepare.ballot(), failure == null ? reply : unknown(failure))));
        }

        @Override
        protected void accept(int position, Accept accept) {
            drive(position)
                    .accept(accept)
                    .whenComplete((reply, failure) -> post(() -> proposer.onAcceptReply(
                            position, accept.ballot(), failure == null ? reply : unknown(failure))));
        }

        @Override
        protected List<Step<ChangeOutcome<R>>> onTimer(Timer timer) {
            return proposer.onTimer(timer);
        }
    }
}
