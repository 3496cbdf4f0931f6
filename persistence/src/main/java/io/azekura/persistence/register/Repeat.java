package io.azekura.persistence.register;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A loop over asynchronous steps, so that a scan of a million pages needs no deeper stack than one of two. */
public final class Repeat {
    private Repeat() {}

    /** Takes steps, one after the other, until one has a result. */
    public static <T> CompletionStage<T> until(Supplier<CompletionStage<Optional<T>>> step) {
        while (true) {
            CompletableFuture<Optional<T>> taken = step.get().toCompletableFuture();
            if (!taken.isDone()) {
                return taken.thenCompose(
                        result -> result.isPresent() ? CompletableFuture.completedStage(result.get()) : until(step));
            }
            Optional<T> result = taken.join();
            if (result.isPresent()) {
                return CompletableFuture.completedStage(result.get());
            }
        }
    }
}
