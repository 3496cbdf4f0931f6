package io.azekura.persistence.drive;

import io.azekura.persistence.Check;

/**
 * When and how fast dead space of the log is given back.
 *
 * @param deadShare share of the log, above 0 and below 1, that must be dead before the oldest segments are compacted: for
 *     each byte that is given back at most (1 - deadShare) / deadShare are copied in the long run
 * @param bytesPerSecond most bytes of the log read for it in a second; 0 never compacts by itself
 */
public record CompactionSettings(double deadShare, long bytesPerSecond) {
    /** Two bytes copied for one given back at worst, at a rate that a flash drive does not feel. */
    public static final CompactionSettings DEFAULTS = new CompactionSettings(0.34, 128L << 20);

    /** Only when asked. */
    public static final CompactionSettings OFF = new CompactionSettings(0.34, 0);

    public CompactionSettings {
        Check.argument(deadShare > 0 && deadShare < 1, "deadShare " + deadShare);
        Check.argument(bytesPerSecond >= 0, "negative bytesPerSecond");
    }
}
