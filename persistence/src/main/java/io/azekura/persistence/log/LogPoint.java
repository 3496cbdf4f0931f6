package io.azekura.persistence.log;

import io.azekura.persistence.Check;

/**
 * A boundary between two batches: everything before it is older, the batch with {@code batchSequence} begins there.
 * An index that has applied all batches before a point stores it, and replays from it after a restart.
 */
public record LogPoint(long segment, long offset, long batchSequence) implements Comparable<LogPoint> {
    /** Where the first batch of every log begins. */
    public static final LogPoint START = new LogPoint(0, SegmentFormat.HEADER_BYTES, 1);

    public LogPoint {
        Check.argument(segment >= 0 && batchSequence >= 1, "log point out of range");
        Check.argument(
                offset >= SegmentFormat.HEADER_BYTES && offset % SegmentFormat.BLOCK_BYTES == 0,
                "log point at offset " + offset);
    }

    @Override
    public int compareTo(LogPoint other) {
        return Long.compare(batchSequence, other.batchSequence);
    }
}
