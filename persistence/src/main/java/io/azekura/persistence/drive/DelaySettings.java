package io.azekura.persistence.drive;

import io.azekura.persistence.Check;

/**
 * How long a drive may take, and how much may wait for it.
 *
 * @param slowMillis a read, commit or sync that has been under way for so long makes the drive slow, which is reported
 * @param hungMillis one that has been under way for so long makes it hung: it answers "unknown" at once until that
 *     operation has ended
 * @param waitingBytesMax bytes of records that wait for the log above which it answers "unknown" at once
 */
public record DelaySettings(long slowMillis, long hungMillis, long waitingBytesMax) {
    /** A disk that tries hard to read a bad sector takes seconds; a second of the fastest clients is 64 MiB. */
    public static final DelaySettings DEFAULTS = new DelaySettings(1_000, 5_000, 64L << 20);

    public DelaySettings {
        Check.argument(slowMillis >= 1, "slowMillis below 1");
        Check.argument(hungMillis >= slowMillis, "hungMillis below slowMillis");
        Check.argument(waitingBytesMax >= DriveEngine.RECORD_BYTES_MAX, "waitingBytesMax below one record");
    }
}
