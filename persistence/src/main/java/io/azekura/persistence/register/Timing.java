package io.azekura.persistence.register;

import io.azekura.persistence.Check;

/**
 * How long readers and proposers wait, in milliseconds.
 *
 * @param hedgeMillis before a read asks more drives than its quorum, and a write asks those again that did not answer
 * @param backOffMillis mean pause of the first retry; later ones double, up to 4 times, and are drawn at random
 * @param stragglersMillis how long a write that has its quorum waits for the remaining drives
 * @param deadlineMillis when an operation ends whatever happens
 */
public record Timing(long hedgeMillis, long backOffMillis, long stragglersMillis, long deadlineMillis) {
    public static final Timing DEFAULT = new Timing(50, 4, 2_000, 20_000);

    public Timing {
        Check.argument(
                hedgeMillis > 0 && backOffMillis > 0 && stragglersMillis > 0 && deadlineMillis > 0,
                "timings are positive");
    }

    /** The pause of whoever gave way {@code attempt} times before; {@code random} is uniform in [0, 1). */
    long backOff(int attempt, double random) {
        long mean = backOffMillis << Math.min(attempt, 2);
        return Math.max(1, Math.round(mean * (0.5 + random)));
    }
}
