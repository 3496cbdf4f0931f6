package io.azekura.actors.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadShareTest {
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final AtomicInteger ran = new AtomicInteger();

    @Test
    void noMoreThreadsAreTakenThanTheShare() {
        ThreadShare share = new ThreadShare(pool::add, 2);
        for (int i = 0; i < 5; i++) {
            share.execute(ran::incrementAndGet);
        }
        assertEquals(2, pool.size());
    }

    @Test
    void aThreadGoesOnWithWhatWaitsEvenAfterAFailure() {
        ThreadShare share = new ThreadShare(pool::add, 1);
        share.execute(() -> {
            throw new IllegalStateException("a bug");
        });
        share.execute(ran::incrementAndGet);
        share.execute(ran::incrementAndGet);
        pool.remove().run();
        assertEquals(2, ran.get());
        share.execute(ran::incrementAndGet);
        assertEquals(1, pool.size(), "the share is free again");
    }

    @Test
    void aRejectedTaskKeepsNothingOfTheShare() {
        AtomicBoolean isStopped = new AtomicBoolean(true);
        Executor stopping = task -> {
            if (isStopped.get()) {
                throw new RejectedExecutionException("stopped");
            }
            pool.add(task);
        };
        ThreadShare share = new ThreadShare(stopping, 1);
        assertThrows(RejectedExecutionException.class, () -> share.execute(ran::incrementAndGet));
        isStopped.set(false);
        share.execute(ran::incrementAndGet);
        assertEquals(1, pool.size());
    }
}
