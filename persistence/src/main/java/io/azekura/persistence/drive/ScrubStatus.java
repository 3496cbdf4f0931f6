package io.azekura.persistence.drive;

/**
 * How far the scrub of a drive is, for operators and metrics.
 *
 * @param phase what the present pass is at, in words
 * @param bytes bytes read since the drive was mounted
 * @param passesDone passes finished, also before the drive was mounted
 * @param finishedMicros when the last pass was finished, in microseconds since the epoch, 0 for never
 * @param damageCount damages found since the drive was mounted, each place once a pass
 */
public record ScrubStatus(
        String phase, boolean isPaused, long bytes, long passesDone, long finishedMicros, long damageCount) {}
