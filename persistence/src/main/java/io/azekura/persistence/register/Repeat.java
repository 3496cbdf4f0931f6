package io.azekura.persistence.register;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A loop over asynchronous steps: a scan of a million pages needs no deeper stack than one of two, whether its steps are
 * done at once or later, and no chain of stages as long as itself.
 */
public final class Repeat {
    private Repeat() {}

    /** Takes steps, one after the other, until one has a result. */
    public static <T> CompletionStage<T> until(Supplier<CompletionStage<Optional<T>>> step) {
        return until(Optional.<T>empty(), Optional::isPresent, nothing -> step.get())
                .thenApply(Optional::orElseThrow);
    }

    /** Steps from {@code start} on until {@code isLast} holds. */
    public static <S> CompletionStage<S> until(S start, Predicate<S> isLast, Function<S, CompletionStage<S>> step) {
        CompletableFuture<S> end = new CompletableFuture<>();
        advance(start, isLast, step, end);
        return end;
    }

    private static <S> void advance(
            S start, Predicate<S> isLast, Function<S, CompletionStage<S>> step, CompletableFuture<S> end) {
        S now = start;
        while (!isLast.test(now)) {
            CompletableFuture<S> next = step.apply(now).toCompletableFuture();
            if (!next.isDone() || next.isCompletedExceptionally()) {
                var unused = next.whenComplete((then, failure) -> {
                    if (failure != null) {
                        end.completeExceptionally(failure);
                    } else {
                        advance(then, isLast, step, end);
                    }
                });
                return;
            }
            now = next.join();
        }
        end.complete(now);
    }
}
