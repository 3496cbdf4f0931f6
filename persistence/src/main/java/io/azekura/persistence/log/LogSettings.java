package io.azekura.persistence.log;

import io.azekura.persistence.Check;

/**
 * The sizes of a log.
 *
 * @param segmentBytes size of new segment files, a multiple of 4 KiB; existing ones keep theirs
 * @param batchBytesMax most bytes of one group commit with all its framing, a multiple of 4 KiB; it bounds the size of
 *     a record and is held as one direct buffer
 * @param pipelineBatchesMax most committed batches that wait to be applied before committing pauses
 * @param lazyDelayMillis longest time a record waits that was appended lazily, when nothing else is committed
 * @param directIo whether to bypass the page cache where the file system allows it
 * @param keptFreeBytes free space of the file system that a new segment must leave. Where it would not, smaller ones are
 *     made, and then none: the log is full until there is room again
 */
public record LogSettings(
        long segmentBytes,
        int batchBytesMax,
        int pipelineBatchesMax,
        int lazyDelayMillis,
        boolean directIo,
        long keptFreeBytes) {
    private static final int MIB = 1 << 20;

    /** Segments small enough to prepare within a tenth of a second, batches as large as throughput needs. */
    public static final LogSettings DEFAULTS = new LogSettings(64 * MIB, 4 * MIB, 4, 25, true);

    /** A log that takes whatever room there is. */
    public LogSettings(
            long segmentBytes, int batchBytesMax, int pipelineBatchesMax, int lazyDelayMillis, boolean directIo) {
        this(segmentBytes, batchBytesMax, pipelineBatchesMax, lazyDelayMillis, directIo, 0);
    }

    /** The same, leaving so much room to others. */
    public LogSettings withKeptFree(long bytes) {
        return new LogSettings(segmentBytes, batchBytesMax, pipelineBatchesMax, lazyDelayMillis, directIo, bytes);
    }

    public LogSettings {
        Check.argument(batchBytesMax >= 2 * SegmentFormat.BLOCK_BYTES, "batchBytesMax below 8 KiB");
        Check.argument(batchBytesMax % SegmentFormat.BLOCK_BYTES == 0, "batchBytesMax not a multiple of 4 KiB");
        Check.argument(segmentBytes % SegmentFormat.BLOCK_BYTES == 0, "segmentBytes not a multiple of 4 KiB");
        Check.argument(
                segmentBytes >= SegmentFormat.HEADER_BYTES + (long) batchBytesMax, "segmentBytes below one batch");
        Check.argument(pipelineBatchesMax >= 1, "pipelineBatchesMax below 1");
        Check.argument(lazyDelayMillis >= 0, "lazyDelayMillis below 0");
        Check.argument(keptFreeBytes >= 0, "keptFreeBytes below 0");
    }

    /** Longest payload of one record. */
    public int payloadBytesMax() {
        return batchBytesMax - BatchFormat.HEADER_BYTES - BatchFormat.RECORD_HEADER_BYTES;
    }
}
