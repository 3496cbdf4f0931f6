package io.azekura.actors.register;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.Step;
import io.azekura.persistence.register.Step.Finish;
import io.azekura.persistence.register.Step.SendAccept;
import io.azekura.persistence.register.Step.SendPrepare;
import io.azekura.persistence.register.Step.SendRead;
import io.azekura.persistence.register.Step.SendSettle;
import io.azekura.persistence.register.Step.StartTimer;
import io.azekura.persistence.register.Step.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs one state machine: events are handled one at a time, in the order they were posted, on the blocking executor,
 * and the steps of one event are carried out before the next event is looked at. A bug in the machine fails the outcome.
 *
 * @param <O> the outcome
 */
abstract class StepRun<O> {
    private final List<Drive> drives;
    private final Executor blocking;
    private final ScheduledExecutorService timers;
    private final ConcurrentLinkedQueue<Supplier<List<Step<O>>>> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CompletableFuture<O> outcome = new CompletableFuture<>();
    /** Touched only while handling events. */
    private final List<Future<?>> started = new ArrayList<>();

    StepRun(List<Drive> drives, Executor blocking, ScheduledExecutorService timers) {
        this.drives = drives;
        this.blocking = blocking;
        this.timers = timers;
    }

    final CompletionStage<O> outcome() {
        return outcome;
    }

    final Drive drive(int position) {
        return drives.get(position);
    }

    /** Queues an event; safe from any thread, also from within a step. */
    final void post(Supplier<List<Step<O>>> event) {
        events.add(event);
        if (waiting.getAndIncrement() == 0) {
            blocking.execute(this::handleAll);
        }
    }

    private void handleAll() {
        int handled;
        do {
            handled = 0;
            for (Supplier<List<Step<O>>> event = events.poll(); event != null; event = events.poll()) {
                handle(event);
                handled++;
            }
        } while (waiting.addAndGet(-handled) > 0);
    }

    private void handle(Supplier<List<Step<O>>> event) {
        try {
            for (Step<O> step : event.get()) {
                carryOut(step);
            }
        } catch (RuntimeException bug) {
            stopTimers();
            outcome.completeExceptionally(bug);
        }
    }

    private void carryOut(Step<O> step) {
        if (step instanceof SendRead<O> send) {
            read(send.position());
        } else if (step instanceof SendPrepare<O> send) {
            prepare(send.position(), send.prepare());
        } else if (step instanceof SendAccept<O> send) {
            accept(send.position(), send.accept());
        } else if (step instanceof SendSettle<O> send) {
            drive(send.position()).settle(send.key(), send.ballot());
        } else if (step instanceof StartTimer<O> start) {
            Timer timer = start.timer();
            started.add(timers.schedule(() -> post(() -> onTimer(timer)), start.delayMillis(), TimeUnit.MILLISECONDS));
        } else if (step instanceof Finish<O> finish) {
            stopTimers();
            outcome.complete(finish.outcome());
        }
    }

    private void stopTimers() {
        for (Future<?> timer : started) {
            timer.cancel(false);
        }
        started.clear();
    }

    /** Asks the drive and posts its reply. */
    protected void read(int position) {
        throw new IllegalStateException("this machine does not read");
    }

    /** Asks the drive and posts its reply. */
    protected void prepare(int position, Prepare prepare) {
        throw new IllegalStateException("this machine does not prepare");
    }

    /** Asks the drive and posts its reply. */
    protected void accept(int position, Accept accept) {
        throw new IllegalStateException("this machine does not accept");
    }

    protected abstract List<Step<O>> onTimer(Timer timer);

    static Unknown unknown(Throwable failure) {
        return new Unknown(String.valueOf(failure.getMessage()));
    }
}
