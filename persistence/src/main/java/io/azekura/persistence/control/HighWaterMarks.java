package io.azekura.persistence.control;

import io.azekura.persistence.control.DriveIdentity.HighWater;
import io.azekura.persistence.drive.DriveId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The furthest that one process saw each drive, from the boot number and log sequence in its replies (register rule 8). A
 * drive whose reply is behind what it said before was rolled back or cloned, and must not be counted. Replies overtake one
 * another, so one is held only to what was known when its request was <em>sent</em>. Safe for any thread.
 */
public final class HighWaterMarks {
    private static final HighWater NONE = new HighWater(0, 0);

    private final Map<DriveId, HighWater> marks = new HashMap<>();

    /** What a reply says about its drive. */
    public sealed interface Finding {}

    public record Consistent() implements Finding {}

    /** The drive was further before the request was sent than it was when it answered. */
    public record Mismatch(DriveId drive, HighWater before, HighWater now) implements Finding {}

    /** The furthest that the drive was seen, or null: to be asked before a request is sent. */
    public synchronized @Nullable HighWater of(DriveId drive) {
        return marks.get(drive);
    }

    /** Notes a reply to a request before which {@link #of} said {@code before}. */
    public synchronized Finding saw(DriveId drive, @Nullable HighWater before, HighWater now) {
        HighWater floor = before == null ? NONE : before;
        if (now.boot() < floor.boot() || now.sequence() < floor.sequence()) {
            return new Mismatch(drive, floor, now);
        }
        marks.merge(drive, now, HighWaterMarks::further);
        return new Consistent();
    }

    private static HighWater further(HighWater a, HighWater b) {
        return new HighWater(Math.max(a.boot(), b.boot()), Math.max(a.sequence(), b.sequence()));
    }
}
