package io.azekura.persistence.log;

import io.azekura.persistence.NoSpaceException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches at the end of a log, one after the other, and has the next segment prepared meanwhile. Used by one
 * thread. After a failure it must not be used again.
 */
final class LogWriter implements Closeable {
    private final SegmentFiles files;
    private final UUID drive;
    private final BatchFormat format;
    private final LogSettings settings;
    private final ByteBuffer buffer;

    private SegmentChannel segment;
    private long segmentBytes;
    private LogPoint end;
    private final NextSegment next;

    /** Continues a log at its recovered tail. */
    LogWriter(SegmentFiles files, UUID drive, LogSettings settings, LogRecovery.Tail tail, String threadName)
            throws IOException {
        this.files = files;
        this.drive = drive;
        this.format = new BatchFormat(drive);
        this.settings = settings;
        this.buffer = AlignedBuffers.allocate(settings.batchBytesMax());
        this.end = tail.point();
        this.segmentBytes = tail.segmentBytes();
        this.segment = files.openForWriting(end.segment(), settings.directIo());
        this.next = new NextSegment(files, settings, end.segment() + 1, tail.isNextPrepared(), threadName);
    }

    /** The point behind the last batch that was synced. */
    LogPoint end() {
        return end;
    }

    /**
     * What became of the entries of a batch, in their order.
     *
     * @param refused entries that were not written because the log is full, as {@code cause} says
     */
    record Written(
            List<CommittedEntry> committed,
            List<LogEntry> refused,
            @Nullable NoSpaceException cause) {}

    /**
     * Writes the entries as one batch and syncs it. Together they must not exceed the batch limit. When they do not fit
     * the present segment and there is no room for another, only those are written that fit.
     */
    Written commit(List<LogEntry> entries) throws IOException {
        if (paddedBytes(entries) <= segmentBytes - end.offset()) {
            return new Written(write(entries), List.of(), null);
        }
        try {
            roll();
        } catch (NoSpaceException full) {
            return commitFitting(entries, full);
        }
        return new Written(write(entries), List.of(), null);
    }

    private Written commitFitting(List<LogEntry> entries, NoSpaceException full) throws IOException {
        List<LogEntry> fitting = new ArrayList<>();
        List<LogEntry> refused = new ArrayList<>();
        // Segments end at a block's end, so that what fits without padding fits with it.
        long room = segmentBytes - end.offset() - BatchFormat.HEADER_BYTES;
        for (LogEntry entry : entries) {
            boolean fits = framedBytes(entry) <= room;
            room -= fits ? framedBytes(entry) : 0;
            (fits ? fitting : refused).add(entry);
        }
        return new Written(fitting.isEmpty() ? List.of() : write(fitting), refused, full);
    }

    private static long paddedBytes(List<LogEntry> entries) {
        long bytes = BatchFormat.HEADER_BYTES;
        for (LogEntry entry : entries) {
            bytes += framedBytes(entry);
        }
        return BatchFormat.padded(bytes);
    }

    private List<CommittedEntry> write(List<LogEntry> entries) throws IOException {
        buffer.clear().position(BatchFormat.HEADER_BYTES);
        List<CommittedEntry> committed = new ArrayList<>(entries.size());
        for (LogEntry entry : entries) {
            committed.add(new CommittedEntry(entry, format.putRecord(buffer, entry, end.segment(), end.offset())));
        }
        format.seal(buffer, entries.size(), end.batchSequence(), end.segment(), end.offset());
        int written = buffer.remaining();
        segment.write(buffer, end.offset());
        segment.force();
        end = new LogPoint(end.segment(), end.offset() + written, end.batchSequence() + 1);
        return committed;
    }

    /** Bytes that an entry takes in a batch. */
    static long framedBytes(LogEntry entry) {
        return BatchFormat.RECORD_HEADER_BYTES + (long) entry.length();
    }

    /**
     * Goes on in the next segment.
     *
     * @throws NoSpaceException if there is none; nothing has changed then
     */
    private void roll() throws IOException {
        long bytes = next.await();
        segment.close();
        segmentBytes = bytes;
        long number = end.segment() + 1;
        segment = files.openForWriting(number, settings.directIo());
        writeHeader(segment, drive, number, end.batchSequence(), segmentBytes);
        end = new LogPoint(number, SegmentFormat.HEADER_BYTES, end.batchSequence());
        next.advance();
    }

    /** Makes a prepared file a segment of the log. */
    static void writeHeader(SegmentChannel segment, UUID drive, long number, long firstSequence, long segmentBytes)
            throws IOException {
        segment.write(SegmentFormat.encode(drive, new SegmentFormat.Header(number, firstSequence, segmentBytes)), 0);
        segment.force();
    }

    /** Waits for a preparation under way, so that nothing is written to the directory afterwards. */
    @Override
    public void close() throws IOException {
        try {
            segment.close();
        } finally {
            next.close();
        }
    }
}
