package io.azekura.persistence.log;

import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a log and shows its records on the way.
 *
 * <p>A batch is written only after the one before it was synced. So the first invalid batch is one of two things, and
 * they can be told apart: if any batch with a higher sequence exists, the invalid one had been durable and is damage,
 * which stops the mount and changes nothing; if none exists, it was being written in the crash, was acknowledged to
 * nobody, and is replaced by zeros.
 */
final class LogRecovery {
    private static final int SCAN_BYTES = 1 << 20;

    private final SegmentFiles files;
    private final UUID drive;
    private final BatchFormat format;
    private final SegmentFiles.Range segments;
    private ByteBuffer records = ByteBuffer.allocateDirect(SCAN_BYTES);

    LogRecovery(SegmentFiles files, UUID drive) throws IOException {
        this.files = files;
        this.drive = drive;
        this.format = new BatchFormat(drive);
        this.segments = files.range();
    }

    /**
     * Where writing goes on, in a segment of that length. {@code isNextPrepared} tells whether the segment after it
     * exists already, all zeros.
     */
    record Tail(LogPoint point, long segmentBytes, boolean isNextPrepared) {}

    /** Replays from the given point and cleans up behind the last batch. */
    Tail recover(LogPoint from, RecordVisitor visitor) throws IOException {
        End end = replay(from, visitor);
        makeDurable(end.point);
        boolean isNextPrepared = clean(end.point, end.segmentBytes);
        return new Tail(end.point, end.segmentBytes, isNextPrepared);
    }

    /**
     * A process that was killed may have left its last batch, and the name of the segment prepared last, where a power cut
     * takes them: nobody must be shown them, or write behind them, before they are durable.
     */
    private void makeDurable(LogPoint tail) throws IOException {
        try (SegmentChannel channel = files.openForWriting(tail.segment(), false)) {
            channel.force();
        }
        files.forceDirectory();
    }

    /** The first point without a valid batch, in a segment of that length. */
    record End(LogPoint point, long segmentBytes) {}

    /** Replays from the given point and changes nothing. Says nothing about what is behind the end. */
    End replay(LogPoint from, RecordVisitor visitor) throws IOException {
        if (from.equals(LogPoint.START)) {
            return replayAll(begin(), visitor);
        }
        if (from.segment() < segments.first() || from.segment() >= segments.end()) {
            throw new CorruptException(
                    files.file(from.segment()).toString(), 0, "a segment that the index has seen", "no such file");
        }
        return replayAll(requireReached(from), visitor);
    }

    /** Where the first batch of the first segment is. */
    private LogPoint begin() throws IOException {
        if (segments.first() == 0) {
            return LogPoint.START;
        }
        SegmentFormat.Header first = files.readHeader(segments.first(), drive);
        return new LogPoint(segments.first(), SegmentFormat.HEADER_BYTES, first.firstSequence());
    }

    /**
     * Shows the records of one segment that another one follows, and changes nothing.
     *
     * @throws CorruptException if they do not reach to the beginning of the next segment
     */
    void visitSealed(long number, RecordVisitor visitor) throws IOException {
        SegmentFormat.Header header = files.readHeader(number, drive);
        LogPoint point = new LogPoint(number, SegmentFormat.HEADER_BYTES, header.firstSequence());
        long segmentBytes = requireHeader(point).segmentBytes();
        LogPoint end = replaySegment(point, segmentBytes, visitor);
        long next = files.readHeader(number + 1, drive).firstSequence();
        if (end.batchSequence() != next) {
            throw new CorruptException(
                    files.file(number).toString(),
                    end.offset(),
                    "batch " + end.batchSequence() + ", as the next segment begins with batch " + next,
                    "no valid batch");
        }
    }

    /** Where the segments begin. */
    long firstSegment() {
        return segments.first();
    }

    private End replayAll(LogPoint from, RecordVisitor visitor) throws IOException {
        LogPoint point = from;
        while (true) {
            long segmentBytes = requireHeader(point).segmentBytes();
            point = replaySegment(point, segmentBytes, visitor);
            if (headerAfter(point.segment()) == null) {
                return new End(point, segmentBytes);
            }
            point = new LogPoint(point.segment() + 1, SegmentFormat.HEADER_BYTES, point.batchSequence());
        }
    }

    /**
     * Goes through the batch headers of the segment up to the point. Without that, a log that lost its end, but not the
     * index that has seen it, would be continued behind a gap.
     */
    private LogPoint requireReached(LogPoint from) throws IOException {
        String file = files.file(from.segment()).toString();
        try (FileChannel channel = openForReading(from.segment())) {
            SegmentFormat.Header segment = SegmentFormat.decode(file, drive, readHeaderBlock(file, channel));
            LogPoint point = new LogPoint(from.segment(), SegmentFormat.HEADER_BYTES, segment.firstSequence());
            while (point.compareTo(from) < 0 && point.offset() < channel.size()) {
                BatchFormat.@Nullable Header batch = readHeader(file, channel, point);
                if (batch == null) {
                    break;
                }
                point = behind(point, batch);
            }
            if (!point.equals(from)) {
                throw new CorruptException(
                        file,
                        point.offset(),
                        "batch " + point.batchSequence() + ", as the index has seen later ones up to " + from,
                        "no valid batch, or none that ends there");
            }
            return point;
        }
    }

    private static LogPoint behind(LogPoint point, BatchFormat.Header batch) {
        return new LogPoint(point.segment(), point.offset() + batch.paddedBytes(), point.batchSequence() + 1);
    }

    private SegmentFormat.Header requireHeader(LogPoint point) throws IOException {
        String file = files.file(point.segment()).toString();
        try (FileChannel channel = openForReading(point.segment())) {
            SegmentFormat.Header header = SegmentFormat.decode(file, drive, readHeaderBlock(file, channel));
            if (header.number() != point.segment()) {
                throw new CorruptException(
                        file, 32, "segment number " + point.segment(), String.valueOf(header.number()));
            }
            boolean isFirst = point.offset() == SegmentFormat.HEADER_BYTES;
            if (isFirst
                    ? header.firstSequence() != point.batchSequence()
                    : header.firstSequence() >= point.batchSequence()) {
                throw new CorruptException(
                        file, 40, "batches up to " + point.batchSequence(), "first batch " + header.firstSequence());
            }
            if (header.segmentBytes() != channel.size()) {
                throw new CorruptException(
                        file, 48, "a length of " + header.segmentBytes() + " bytes", channel.size() + " bytes");
            }
            return header;
        }
    }

    /** The header of the following segment, or null when that one is missing or was never used. */
    private SegmentFormat.@Nullable Header headerAfter(long segment) throws IOException {
        if (segment + 1 >= segments.end()) {
            return null;
        }
        String file = files.file(segment + 1).toString();
        try (FileChannel channel = openForReading(segment + 1)) {
            ByteBuffer block = readHeaderBlock(file, channel);
            return SegmentFormat.isValid(block) ? SegmentFormat.decode(file, drive, block) : null;
        }
    }

    private static ByteBuffer readHeaderBlock(String file, FileChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
        readFully(file, channel, block, 0);
        return block.flip();
    }

    private FileChannel openForReading(long segment) throws IOException {
        return FileChannel.open(files.file(segment), StandardOpenOption.READ);
    }

    /** Shows the batches from the point on, to the first place where the expected one is not. */
    private LogPoint replaySegment(LogPoint from, long segmentBytes, RecordVisitor visitor) throws IOException {
        String file = files.file(from.segment()).toString();
        LogPoint point = from;
        try (FileChannel channel = openForReading(from.segment())) {
            while (point.offset() < segmentBytes) {
                BatchFormat.@Nullable Header batch = readBatch(file, channel, point, segmentBytes);
                if (batch == null) {
                    break;
                }
                format.visit(file, batch, records.slice(), point.segment(), point.offset(), visitor);
                point = new LogPoint(point.segment(), point.offset() + batch.paddedBytes(), point.batchSequence() + 1);
                visitor.onBatchEnd(point);
            }
        }
        return point;
    }

    /** Reads the batch at the point into {@link #records}, or returns null if it is not wholly there. */
    private BatchFormat.@Nullable Header readBatch(String file, FileChannel channel, LogPoint point, long segmentBytes)
            throws IOException {
        BatchFormat.@Nullable Header header = readHeader(file, channel, point);
        if (header == null) {
            return null;
        }
        if (header.paddedBytes() > segmentBytes - point.offset()) {
            throw new CorruptException(
                    file, point.offset() + 40, "a batch within the segment", header.paddedBytes() + " bytes");
        }
        if (records.capacity() < header.recordsLength()) {
            records = ByteBuffer.allocateDirect((int) header.paddedBytes());
        }
        records.clear().limit(header.recordsLength());
        readFully(file, channel, records, point.offset() + BatchFormat.HEADER_BYTES);
        records.flip();
        return BatchFormat.areRecordsValid(header, records) ? header : null;
    }

    /** The header of the batch that is expected at the point, or null if it is not there. */
    private BatchFormat.@Nullable Header readHeader(String file, FileChannel channel, LogPoint point)
            throws IOException {
        ByteBuffer block = ByteBuffer.allocate(SegmentFormat.BLOCK_BYTES);
        readFully(file, channel, block, point.offset());
        BatchFormat.@Nullable Header header = format.header(block, 0, point.segment(), point.offset());
        if (header == null || header.sequence() != point.batchSequence()) {
            return null;
        }
        SegmentFormat.requireKnownVersion(file, header.version());
        return header;
    }

    private static void readFully(String file, FileChannel channel, ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new CorruptException(file, at, target.remaining() + " more bytes", "the end of the file");
            }
            at += count;
        }
    }

    /**
     * Proves that nothing durable follows the tail, then makes everything behind it zero.
     *
     * @return whether the next segment is there, all zeros
     */
    private boolean clean(LogPoint tail, long segmentBytes) throws IOException {
        long next = tail.segment() + 1;
        if (next + 1 < segments.end()) {
            throw new CorruptException(
                    files.file(next).toString(), 0, "a segment header, as a later segment exists", "none");
        }
        boolean isTailDirty = scan(tail.segment(), tail.offset(), segmentBytes, tail);
        boolean isNextDirty = next < segments.end()
                && (files.size(next) % SegmentFormat.BLOCK_BYTES != 0 || scan(next, 0, files.size(next), tail));
        if (isTailDirty) {
            zero(tail, segmentBytes);
        }
        if (isNextDirty) {
            files.remove(next);
        }
        return next < segments.end() && !isNextDirty;
    }

    /**
     * Looks for batches in a region where there should be none.
     *
     * @return whether anything but zeros is there
     * @throws CorruptException if a batch other than the one expected at the tail is there
     */
    private boolean scan(long segment, long from, long to, LogPoint tail) throws IOException {
        String file = files.file(segment).toString();
        boolean isDirty = false;
        ByteBuffer window = ByteBuffer.allocate(SCAN_BYTES);
        try (FileChannel channel = openForReading(segment)) {
            for (long at = from; at < to; at += window.limit()) {
                window.clear().limit((int) Math.min(SCAN_BYTES, to - at));
                readFully(file, channel, window, at);
                window.flip();
                if (isZero(window)) {
                    continue;
                }
                isDirty = true;
                for (int i = 0; i + BatchFormat.HEADER_BYTES <= window.limit(); i += SegmentFormat.BLOCK_BYTES) {
                    requireNoBatch(file, window, i, segment, at + i, tail);
                }
            }
        }
        return isDirty;
    }

    private void requireNoBatch(String file, ByteBuffer window, int index, long segment, long offset, LogPoint tail)
            throws CorruptException {
        BatchFormat.@Nullable Header header = format.header(window, index, segment, offset);
        boolean isTornTail = header != null
                && segment == tail.segment()
                && offset == tail.offset()
                && header.sequence() == tail.batchSequence();
        if (header != null && !isTornTail) {
            throw new CorruptException(
                    files.file(tail.segment()).toString(),
                    tail.offset(),
                    "batch " + tail.batchSequence() + ", as batch " + header.sequence() + " is in " + file + " at byte "
                            + offset,
                    "no valid batch");
        }
    }

    private static boolean isZero(ByteBuffer window) {
        for (int i = 0; i + Long.BYTES <= window.limit(); i += Long.BYTES) {
            if (window.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void zero(LogPoint tail, long segmentBytes) throws IOException {
        ByteBuffer zeros = AlignedBuffers.allocate(SCAN_BYTES);
        try (SegmentChannel channel = files.openForWriting(tail.segment(), false)) {
            for (long at = tail.offset(); at < segmentBytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(SCAN_BYTES, segmentBytes - at));
                channel.write(zeros, at);
            }
            channel.force();
        }
    }
}
