package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives dead space of a drive's log back, in a thread of its own: when enough of the log is dead, one oldest segment after
 * the other, at a bounded pace. A segment that is damaged stays, and with it all later ones, until the drive is opened
 * again. Any thread.
 */
final class Compactor {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
    private static final long LOOK_MILLIS = 1000;

    /** How much less has to be dead when the file system is nearly full. */
    private static final int SHORT_OF_SPACE = 4;

    private final Compaction.Parts parts;
    private final DriveHealth health;
    private final CompactionSettings settings;
    private final long segmentBytes;
    private final BooleanSupplier isShortOfSpace;
    private final Thread thread;
    private final ReentrantLock running = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isClosing;
    private volatile boolean isBlocked;
    private volatile long compactedSegments;
    private volatile long copiedBytes;
    private long unworthyDeadBytes;

    Compactor(
            Compaction.Parts parts,
            DriveHealth health,
            CompactionSettings settings,
            long segmentBytes,
            BooleanSupplier isShortOfSpace,
            String threadName) {
        this.parts = parts;
        this.health = health;
        this.settings = settings;
        this.segmentBytes = segmentBytes;
        this.isShortOfSpace = isShortOfSpace;
        this.thread = new Thread(this::compactAll, threadName);
        thread.setDaemon(true);
    }

    void start() {
        if (settings.bytesPerSecond() > 0) {
            thread.start();
        }
    }

    /** Segments given up since the drive was opened. */
    long compactedSegments() {
        return compactedSegments;
    }

    /** Bytes logged again for that. */
    long copiedBytes() {
        return copiedBytes;
    }

    /**
     * Compacts the oldest segment, if it is written no more, whatever is in it; false if there is none.
     *
     * @throws io.azekura.persistence.CorruptException if it is damaged
     */
    boolean compactOldest() throws IOException {
        running.lock();
        try {
            DriveLog log = parts.log();
            long oldest = log.firstSegment();
            if (oldest >= log.end().segment()) {
                return false;
            }
            long dead = deadBytes();
            Pace pace = new Pace();
            long copied = new Compaction(parts, pace::read).run(oldest);
            count(copied);
            // What was copied as a whole gave nothing back: wait for more that is dead, not to go round in circles.
            unworthyDeadBytes = copied > segmentBytes - segmentBytes / 8 ? dead + segmentBytes / 4 : 0;
            return true;
        } finally {
            running.unlock();
        }
    }

    /** Only who holds {@link #running} counts. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(long copied) {
        compactedSegments++;
        copiedBytes += copied;
    }

    /** About how much of the log is not needed. */
    long deadBytes() {
        LogPoint end = parts.log().end();
        long all = (end.segment() - parts.log().firstSegment()) * segmentBytes + end.offset();
        return Math.max(0, all - parts.state().liveBytes());
    }

    private boolean isDue() {
        LogPoint end = parts.log().end();
        long sealed = (end.segment() - parts.log().firstSegment()) * segmentBytes;
        long dead = deadBytes();
        double share = isShortOfSpace.getAsBoolean() ? settings.deadShare() / SHORT_OF_SPACE : settings.deadShare();
        return sealed > 0
                && dead > 2 * segmentBytes
                && dead > unworthyDeadBytes
                && dead > share * (sealed + end.offset());
    }

    private void compactAll() {
        while (awaitLook()) {
            try {
                while (!isBlocked && !isClosing() && health.refusal() == null && isDue()) {
                    compactOldest();
                }
            } catch (InterruptedIOException | NoSpaceException later) {
                LOG.debug("Compaction ends", later);
            } catch (IOException | RuntimeException e) {
                isBlocked = true;
                if (health.refusal() == null) {
                    LOG.warn("Cannot compact the log further", e);
                }
            }
        }
    }

    /** Waits a while; false when the drive is closing. */
    private boolean awaitLook() {
        lock.lock();
        try {
            if (!isClosing) {
                awaitChanged(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            }
            return !isClosing;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return isClosing;
        } finally {
            lock.unlock();
        }
    }

    private void awaitChanged(long nanos) {
        try {
            long rest = nanos;
            while (rest > 0 && !isClosing) {
                rest = changed.awaitNanos(rest);
            }
        } catch (InterruptedException nobodyDoesThis) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends what is under way soon, and waits for it. */
    void close() {
        lock.lock();
        try {
            isClosing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps the reading of one segment at the pace that is set. */
    private final class Pace {
        private final long begunNanos = System.nanoTime();

        /** So many bytes of the segment were read. */
        void read(long bytes) {
            if (settings.bytesPerSecond() == 0) {
                return;
            }
            double due = (double) bytes / settings.bytesPerSecond() * TimeUnit.SECONDS.toNanos(1);
            long early = begunNanos + (long) due - System.nanoTime();
            lock.lock();
            try {
                if (early > 0 && !isClosing) {
                    awaitChanged(early);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
