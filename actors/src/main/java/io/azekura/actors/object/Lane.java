package io.azekura.actors.object;

import io.azekura.persistence.drive.Drive;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * One drive, its share of the I/O threads, and whether it lately failed or lagged. Suspicion only orders preferences:
 * no answer is ever taken or left because of it.
 */
final class Lane {
    private final Drive drive;
    private final Executor executor;
    private final long suspicionNanos;
    private volatile long suspectSince;
    private volatile boolean suspected;

    Lane(Drive drive, Executor executor, Duration suspicion) {
        this.drive = drive;
        this.executor = executor;
        this.suspicionNanos = suspicion.toNanos();
    }

    /** A piece of work that may block on the drive. */
    @FunctionalInterface
    interface IoCall<T> {
        T run() throws IOException;
    }

    Drive drive() {
        return drive;
    }

    Executor executor() {
        return executor;
    }

    /** Runs the call on this drive's threads. */
    <T> CompletableFuture<T> call(IoCall<T> call) {
        return CompletableFuture.supplyAsync(() -> unchecked(call), executor);
    }

    /** Runs the call here and now, wrapping its failure for a completion stage. */
    static <T> T unchecked(IoCall<T> call) {
        try {
            return call.run();
        } catch (IOException failure) {
            throw new CompletionException(failure);
        }
    }

    /** Remembers for a while that the drive failed or lagged. */
    void suspect() {
        suspectSince = System.nanoTime();
        suspected = true;
    }

    boolean isSuspect() {
        return suspected && System.nanoTime() - suspectSince < suspicionNanos;
    }
}
