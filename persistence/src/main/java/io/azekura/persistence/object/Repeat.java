package io.azekura.persistence.object;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** A loop over asynchronous steps, whose stack does not grow when the steps are done at once. */
final class Repeat {
    private Repeat() {}

    /** Steps from {@code start} on until {@code isLast} holds. */
    static <S> CompletionStage<S> until(S start, Predicate<S> isLast, Function<S, CompletionStage<S>> step) {
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
