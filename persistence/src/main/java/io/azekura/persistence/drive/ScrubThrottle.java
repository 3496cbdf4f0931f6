package io.azekura.persistence.drive;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps a scrub at its rate, holds it, and ends it. One thread is paced; any thread may steer. */
final class ScrubThrottle implements ScrubPace {
    /** Waits shorter than this are left to add up: waking costs more than they give. */
    private static final long WAIT_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);

    private final long bytesPerSecond;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isPaused;
    private boolean isStopped;
    private long dueNanos = System.nanoTime();

    ScrubThrottle(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** When the next read is due after so many bytes. Time in which nothing was read is not made up for. */
    static long due(long dueNanos, long nowNanos, long bytes, long bytesPerSecond) {
        long from = dueNanos - nowNanos > 0 ? dueNanos : nowNanos;
        return from + (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
    }

    @Override
    public void spend(long bytes) throws ScrubStoppedException {
        lock.lock();
        try {
            dueNanos = due(dueNanos, System.nanoTime(), bytes, bytesPerSecond);
            long left = waitNanos();
            while (!isStopped && left > WAIT_NANOS_MIN) {
                left = changed.awaitNanos(left) > 0 ? waitNanos() : 0;
            }
            if (!isStopped) {
                return;
            }
            throw new ScrubStoppedException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScrubStoppedException();
        } finally {
            lock.unlock();
        }
    }

    private long waitNanos() {
        return isPaused ? Long.MAX_VALUE : dueNanos - System.nanoTime();
    }

    /** Waits for that long, unless it is ended. */
    void rest(long nanos) throws ScrubStoppedException {
        lock.lock();
        try {
            long left = nanos;
            while (!isStopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (isStopped) {
                throw new ScrubStoppedException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScrubStoppedException();
        } finally {
            lock.unlock();
        }
    }

    boolean isPaused() {
        lock.lock();
        try {
            return isPaused;
        } finally {
            lock.unlock();
        }
    }

    void pause(boolean pause) {
        lock.lock();
        try {
            isPaused = pause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            isStopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
