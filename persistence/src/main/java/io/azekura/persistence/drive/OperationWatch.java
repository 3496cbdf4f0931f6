package io.azekura.persistence.drive;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows for how long the operations under way on a drive have been so: a disk that does not answer says nothing, so
 * only the clock tells. Beginning and ending an operation costs two moments of the clock and no lock. Any thread.
 */
final class OperationWatch {
    /** More operations at once than a drive has threads on it; what finds no place is not watched. */
    private static final int PLACES = 64;

    /** One place for each cache line, so that threads do not wait for one another's. */
    private static final int STRIDE = 8;

    private static final int UNWATCHED = -1;

    /** How often the places are looked through at most. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DelaySettings settings;
    private final LongSupplier clockNanos;
    private final LongSupplier logBusySinceNanos;
    private final LongSupplier waitingBytes;
    private final AtomicLongArray sinceNanos = new AtomicLongArray(PLACES * STRIDE);
    private volatile Look latest;

    private record Look(long atNanos, long longestNanos) {}

    /** How late a drive is. */
    enum Delay {
        NONE,
        SLOW,
        HUNG
    }

    /**
     * Watches a drive.
     *
     * @param logBusySinceNanos since when its log has been busy with one commit, 0 for not at all
     * @param waitingBytes bytes that wait for its log
     */
    OperationWatch(
            DelaySettings settings,
            LongSupplier clockNanos,
            LongSupplier logBusySinceNanos,
            LongSupplier waitingBytes) {
        this.settings = settings;
        this.clockNanos = clockNanos;
        this.logBusySinceNanos = logBusySinceNanos;
        this.waitingBytes = waitingBytes;
        this.latest = new Look(clockNanos.getAsLong() - LOOK_NANOS, 0);
    }

    /** An operation begins that may wait for the disk. Returns what {@link #end} wants. */
    int begin() {
        // Odd, so that it is never the 0 of a free place.
        long now = clockNanos.getAsLong() | 1;
        int first = (int) Thread.currentThread().getId();
        for (int i = 0; i < PLACES; i++) {
            int place = Math.floorMod(first + i, PLACES) * STRIDE;
            if (sinceNanos.get(place) == 0 && sinceNanos.compareAndSet(place, 0, now)) {
                return place;
            }
        }
        return UNWATCHED;
    }

    void end(int place) {
        if (place != UNWATCHED) {
            sinceNanos.setRelease(place, 0);
        }
    }

    Delay delay() {
        long millis = TimeUnit.NANOSECONDS.toMillis(longestNanos());
        if (millis >= settings.hungMillis()) {
            return Delay.HUNG;
        }
        return millis >= settings.slowMillis() ? Delay.SLOW : Delay.NONE;
    }

    /** How late the drive is and since when, in words; null when it is not. */
    @Nullable
    String reason() {
        Delay delay = delay();
        if (delay == Delay.NONE) {
            return null;
        }
        String word = delay == Delay.HUNG ? "hung" : "slow";
        return word + ": an operation has been under way for " + TimeUnit.NANOSECONDS.toMillis(longestNanos()) + " ms";
    }

    /** Why nothing more should be asked of the drive now, or null. */
    @Nullable
    String refusal() {
        if (delay() == Delay.HUNG) {
            return reason();
        }
        long waiting = waitingBytes.getAsLong();
        return waiting > settings.waitingBytesMax() ? "busy: " + waiting + " bytes wait for the log" : null;
    }

    private long longestNanos() {
        long now = clockNanos.getAsLong();
        Look look = latest;
        if (now - look.atNanos >= LOOK_NANOS) {
            look = new Look(now, longestNanos(now));
            latest = look;
        }
        return look.longestNanos;
    }

    private long longestNanos(long now) {
        long longest = elapsed(logBusySinceNanos.getAsLong(), now);
        for (int place = 0; place < PLACES; place++) {
            longest = Math.max(longest, elapsed(sinceNanos.get(place * STRIDE), now));
        }
        return longest;
    }

    private static long elapsed(long since, long now) {
        return since == 0 ? 0 : now - since;
    }
}
