package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import java.time.Duration;

/**
 * How a drive in use is scrubbed.
 *
 * @param bytesPerSecond most bytes read in a second, on average; 0 for no scrub at all
 * @param pause shortest time from the end of a pass to the beginning of the next one
 */
public record ScrubSettings(long bytesPerSecond, Duration pause) {
    private static final long MIB = 1 << 20;
    private static final int DAYS = 7;

    /** A drive of 4 TB takes three days, at a tenth of what it can read. */
    public static final ScrubSettings DEFAULTS = new ScrubSettings(16 * MIB, Duration.ofDays(DAYS));

    public ScrubSettings {
        Check.argument(bytesPerSecond >= 0, "negative bytesPerSecond");
        Check.argument(!pause.isNegative(), "negative pause");
    }

    public boolean isOff() {
        return bytesPerSecond == 0;
    }
}
