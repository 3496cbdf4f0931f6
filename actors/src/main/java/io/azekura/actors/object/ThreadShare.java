package io.azekura.actors.object;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded share of a thread pool. Tasks beyond the share wait here, in order, and not in the pool: a drive that hangs
 * keeps the threads of its own share and takes none from the others.
 */
final class ThreadShare implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadShare.class);

    private final Executor pool;
    private final int threadsMax;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int running;

    ThreadShare(Executor pool, int threadsMax) {
        this.pool = pool;
        this.threadsMax = threadsMax;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (running == threadsMax) {
                waiting.add(task);
                return;
            }
            running++;
        }
        try {
            pool.execute(() -> runAllFrom(task));
        } catch (RuntimeException rejected) {
            synchronized (this) {
                running--;
            }
            throw rejected;
        }
    }

    private void runAllFrom(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException bug) {
                LOG.error("A task of the I/O threads failed", bug);
            }
            task = next();
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = waiting.poll();
        if (task == null) {
            running--;
        }
        return task;
    }
}
