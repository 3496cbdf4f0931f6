package io.azekura.actors.object;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the same step on several drives without letting the slowest decide. It waits for all; but once those that
 * succeeded are enough, the others get only a grace, and whatever happens the wait ends at its bound. So a drive is
 * slow by comparison with its peers: when all share one slow disk, none is given up.
 *
 * @param <T> what the step yields on one drive
 */
final class PeerWait<T> {
    private final List<Outcome<T>> outcomes;
    private final Predicate<BitSet> enough;
    private final Duration grace;
    private final CompletableFuture<List<Outcome<T>>> result = new CompletableFuture<>();
    private final BitSet succeeded = new BitSet();
    private int pending;
    private boolean graceBegun;

    /** How the step ended on one drive. */
    sealed interface Outcome<T> {}

    record Done<T>(T value) implements Outcome<T> {}

    record Failed<T>(Throwable cause) implements Outcome<T> {}

    /** Not yet: it may still end either way, unobserved. */
    record Late<T>() implements Outcome<T> {}

    private PeerWait(int count, Predicate<BitSet> enough, Duration grace) {
        this.outcomes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            outcomes.add(new Late<>());
        }
        this.pending = count;
        this.enough = enough;
        this.grace = grace;
    }

    /**
     * The outcome of each part, in order. Never fails.
     *
     * @param enough judges the set of parts that succeeded so far; monotonous
     */
    static <T> CompletionStage<List<Outcome<T>>> of(
            List<? extends CompletionStage<T>> parts, Predicate<BitSet> enough, Duration grace, Duration bound) {
        PeerWait<T> wait = new PeerWait<>(parts.size(), enough, grace);
        wait.start(parts, bound);
        return wait.result;
    }

    private void start(List<? extends CompletionStage<T>> parts, Duration bound) {
        for (int i = 0; i < parts.size(); i++) {
            int index = i;
            parts.get(i).whenComplete((value, failure) -> onPart(index, value, failure));
        }
        step(false);
        if (!result.isDone()) {
            Deadline.after(bound, result, () -> step(true));
        }
    }

    private void onPart(int index, @Nullable T value, @Nullable Throwable failure) {
        synchronized (this) {
            pending--;
            if (failure != null) {
                outcomes.set(index, new Failed<>(unwrapped(failure)));
            } else if (value != null) {
                outcomes.set(index, new Done<>(value));
                succeeded.set(index);
            }
        }
        step(false);
    }

    private void step(boolean timeIsUp) {
        List<Outcome<T>> ended = null;
        boolean startGrace = false;
        synchronized (this) {
            if (pending == 0 || timeIsUp) {
                ended = List.copyOf(outcomes);
            } else if (!graceBegun && enough.test((BitSet) succeeded.clone())) {
                startGrace = true;
                graceBegun = true;
            }
        }
        if (ended != null) {
            result.complete(ended);
        } else if (startGrace) {
            Deadline.after(grace, result, () -> step(true));
        }
    }

    /** The failure itself, without the wrappers that stages put round it. */
    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** What went wrong, in words: for a part that did not succeed. */
    static Throwable cause(Outcome<?> outcome) {
        return outcome instanceof Failed<?> failed ? failed.cause() : new TimeoutException("no answer in time");
    }
}
