package io.azekura.persistence.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

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
    private final String threadName;

    private SegmentChannel segment;
    private long segmentBytes;
    private LogPoint end;
    private FutureTask<Long> next;

    /** Continues a log at its recovered tail. */
    LogWriter(SegmentFiles files, UUID drive, LogSettings settings, LogRecovery.Tail tail, String threadName)
            throws IOException {
        this.files = files;
        this.drive = drive;
        this.format = new BatchFormat(drive);
        this.settings = settings;
        this.threadName = threadName;
        this.buffer = AlignedBuffers.allocate(settings.batchBytesMax());
        this.end = tail.point();
        this.segmentBytes = tail.segmentBytes();
        this.segment = files.openForWriting(end.segment(), settings.directIo());
        this.next = prepareNext(tail.isNextPrepared());
    }

    /** The point behind the last batch that was synced. */
    LogPoint end() {
        return end;
    }

    /** Writes the entries as one batch and syncs it. Together they must not exceed the batch limit. */
    List<CommittedEntry> commit(List<LogEntry> entries) throws IOException {
        long bytes = BatchFormat.HEADER_BYTES;
        for (LogEntry entry : entries) {
            bytes += framedBytes(entry);
        }
        if (BatchFormat.padded(bytes) > segmentBytes - end.offset()) {
            roll();
        }
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

    private void roll() throws IOException {
        segment.close();
        long number = end.segment() + 1;
        segmentBytes = awaitNext();
        segment = files.openForWriting(number, settings.directIo());
        writeHeader(segment, drive, number, end.batchSequence(), segmentBytes);
        end = new LogPoint(number, SegmentFormat.HEADER_BYTES, end.batchSequence());
        next = prepareNext(false);
    }

    /** Makes a prepared file a segment of the log. */
    static void writeHeader(SegmentChannel segment, UUID drive, long number, long firstSequence, long segmentBytes)
            throws IOException {
        segment.write(SegmentFormat.encode(drive, new SegmentFormat.Header(number, firstSequence, segmentBytes)), 0);
        segment.force();
    }

    private FutureTask<Long> prepareNext(boolean isPrepared) {
        long number = end.segment() + 1;
        FutureTask<Long> task = new FutureTask<>(() -> {
            if (!isPrepared) {
                files.prepare(number, settings.segmentBytes(), settings.directIo());
            }
            return files.size(number);
        });
        Thread thread = new Thread(task, threadName + "-prepare");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private long awaitNext() throws IOException {
        try {
            return next.get();
        } catch (ExecutionException failed) {
            throw new IOException("cannot prepare the next segment of the log", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the next segment was being prepared");
        }
    }

    /** Waits for a preparation under way, so that nothing is written to the directory afterwards. */
    @Override
    public void close() throws IOException {
        try {
            segment.close();
        } finally {
            awaitNext();
        }
    }
}
