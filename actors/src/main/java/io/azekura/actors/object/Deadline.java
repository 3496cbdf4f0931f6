package io.azekura.actors.object;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Something to be done after a time unless something else is done by then. */
final class Deadline {
    private Deadline() {}

    /** Runs the action on the common pool when the time has passed and {@code awaited} is not complete. */
    static void after(Duration time, CompletionStage<?> awaited, Runnable action) {
        CompletableFuture<Boolean> timer = new CompletableFuture<>();
        CompletionStage<Boolean> elapsed = timer.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS);
        elapsed.thenRunAsync(action);
        awaited.whenComplete((value, failure) -> timer.cancel(false));
    }
}
