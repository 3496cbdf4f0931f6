package io.azekura.persistence.log;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log of one drive: records that are on stable storage once they are reported committed, in one order, for ever.
 * It is what everything else on the drive can be rebuilt from.
 *
 * <p>Life: {@link #create} once, when the drive is formatted; then {@link #open}, which replays; {@link #start};
 * appends and reads from any thread; {@link #close}. The first failed write or sync makes the log faulty for good: all
 * later and waiting records are reported failed, nothing is tried again, because after a failed sync the kernel may
 * have dropped what it could not write and a repeated sync would succeed without it.
 */
public final class DriveLog implements AutoCloseable {
    private final SegmentFiles files;
    private final SegmentReaders readers;
    private final BatchFormat format;
    private final UUID drive;
    private final LogSettings settings;
    private final LogRecovery.Tail tail;
    private volatile @Nullable LogCommitter committer;

    private DriveLog(SegmentFiles files, UUID drive, LogSettings settings, LogRecovery.Tail tail, long firstSegment) {
        this.files = files;
        this.readers = new SegmentReaders(files, firstSegment);
        this.format = new BatchFormat(drive);
        this.drive = drive;
        this.settings = settings;
        this.tail = tail;
    }

    /**
     * Makes the log of a new drive, durably: its directory, which must not hold a segment yet, and the first segment.
     */
    public static void create(Path directory, UUID drive, LogSettings settings) throws IOException {
        Files.createDirectories(directory);
        SegmentFiles files = new SegmentFiles(directory, SegmentChannel.Opener.FILES);
        if (Files.exists(files.file(0))) {
            throw new CorruptException(files.file(0).toString(), 0, "no log yet", "a segment");
        }
        files.prepare(0, settings.segmentBytes(), settings.directIo());
        try (SegmentChannel segment = files.openForWriting(0, settings.directIo())) {
            LogWriter.writeHeader(segment, drive, 0, LogPoint.START.batchSequence(), settings.segmentBytes());
        }
    }

    /**
     * Opens a log, shows the visitor everything from the given point to the end, and clears away the batch that a
     * crash interrupted, if any.
     *
     * @param opener how segments are opened for writing
     * @throws CorruptException if a record that was durable is damaged or missing; nothing has been changed then
     */
    public static DriveLog open(
            Path directory,
            UUID drive,
            LogSettings settings,
            SegmentChannel.Opener opener,
            LogPoint from,
            RecordVisitor visitor)
            throws IOException {
        SegmentFiles files = new SegmentFiles(directory, opener);
        LogRecovery recovery = new LogRecovery(files, drive);
        LogRecovery.Tail tail = recovery.recover(from, visitor);
        files.removeUnfinished();
        return new DriveLog(files, drive, settings, tail, recovery.firstSegment());
    }

    /**
     * Shows the visitor every record of a log that nobody has open, and changes nothing. A last batch that a crash
     * interrupted is left out, as {@link #open} would.
     *
     * @return the point behind the last record
     */
    public static LogPoint inspect(Path directory, UUID drive, RecordVisitor visitor) throws IOException {
        return inspect(directory, drive, LogPoint.START, visitor);
    }

    /** Like {@link #inspect}, from the given point on. */
    public static LogPoint inspect(Path directory, UUID drive, LogPoint from, RecordVisitor visitor)
            throws IOException {
        SegmentFiles files = new SegmentFiles(directory, SegmentChannel.Opener.FILES);
        return new LogRecovery(files, drive).replay(from, visitor).point();
    }

    /** Where the last segments without a gap begin of a log that nobody has open. */
    public static long firstSegment(Path directory) throws IOException {
        return new SegmentFiles(directory, SegmentChannel.Opener.FILES).range().first();
    }

    /** Begins to take appends. Called once. */
    public synchronized void start(LogListener listener) throws IOException {
        Check.state(committer == null, "the log was started twice");
        String threadName = "log-" + Long.toHexString(drive.getMostSignificantBits() >>> 32);
        LogWriter writer = new LogWriter(files, drive, settings, tail, threadName);
        LogCommitter started = new LogCommitter(writer, listener, settings, threadName);
        committer = started;
        started.start();
    }

    /**
     * Queues a record for the next group commit; never blocks. The queue is unbounded: callers bound what they have
     * in flight by waiting for the listener's word, and by looking at {@link #waitingBytes}.
     *
     * @return false if the log is closing and the record was not taken
     */
    public boolean append(LogEntry entry) {
        return append(entry, true);
    }

    /** Like {@link #append}, but causes no commit of its own before {@link LogSettings#lazyDelayMillis}. */
    public boolean appendLazily(LogEntry entry) {
        return append(entry, false);
    }

    private boolean append(LogEntry entry, boolean urgent) {
        Check.argument(
                entry.length() <= settings.payloadBytesMax(),
                "log record of " + entry.length() + " bytes, at most " + settings.payloadBytesMax());
        return running().append(entry, urgent);
    }

    /**
     * Fills the target from the payload at {@code position}, starting {@code from} bytes into it. Checks nothing but
     * bounds: for bytes that carry their own checksums. May block for one disk read; any thread.
     */
    public void read(LogPosition position, int from, ByteBuffer target) throws IOException {
        Check.argument(
                from >= 0 && target.remaining() <= position.length() - from, "a read beyond the record's payload");
        readers.read(position.segment(), position.offset() + from, target);
    }

    /** A record as it was appended. */
    public record VerifiedRecord(byte type, ByteBuffer payload) {}

    /** The whole record at {@code position}, verified against the record's checksum and identity. */
    public VerifiedRecord readVerified(LogPosition position) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(BatchFormat.RECORD_HEADER_BYTES + position.length());
        readers.read(position.segment(), position.offset() - BatchFormat.RECORD_HEADER_BYTES, record);
        record.flip();
        return new VerifiedRecord(
                record.get(0), format.payload(files.file(position.segment()).toString(), record, position));
    }

    /** Keeps the segment readable until {@link #unpin}; false if it was trimmed already. */
    public boolean pin(long segment) {
        return readers.pin(segment);
    }

    /** Ends one {@link #pin}. */
    public void unpin(long segment) {
        readers.unpin(segment);
    }

    /** The first segment of the log. */
    public long firstSegment() {
        return readers.first();
    }

    /**
     * Shows the visitor the records of a segment that is written no more, from any thread.
     *
     * @throws CorruptException if a record is damaged or missing
     */
    public void visitSealed(long segment, RecordVisitor visitor) throws IOException {
        Check.argument(segment >= firstSegment() && segment < end().segment(), "no sealed segment " + segment);
        new LogRecovery(files, drive).visitSealed(segment, visitor);
    }

    /**
     * Gives up the segments before {@code first}, durably, except those that are pinned: they go with a later call.
     * Whoever calls it has what they hold in later segments, and a durable note of {@code first}.
     *
     * @throws CorruptException if the log begins behind {@code first}: segments are missing
     */
    public void trim(long first) throws IOException {
        if (firstSegment() > first) {
            throw new CorruptException(
                    files.file(first).toString(), 0, "segment " + first + " of the log", "no such file");
        }
        readers.trim(first);
    }

    /** The point behind the last durable batch. */
    public LogPoint end() {
        LogCommitter started = committer;
        return started == null ? tail.point() : started.durableEnd();
    }

    /**
     * Looks whether the first and the present segment are still found in the directory under their names, with this
     * log's headers; files that are open go on working after their directory has been deleted or replaced.
     */
    public void verifyFiles() throws IOException {
        for (long number : new long[] {firstSegment(), end().segment()}) {
            SegmentFormat.Header header = files.readHeader(number, drive);
            if (header.number() != number) {
                throw new CorruptException(
                        files.file(number).toString(), 32, "segment " + number, "segment " + header.number());
            }
        }
    }

    /** About how many bytes of the file system the log takes. */
    public long bytes() {
        return (end().segment() - firstSegment() + 2) * settings.segmentBytes();
    }

    /** The file of a segment, for error messages. */
    public Path file(long segment) {
        return files.file(segment);
    }

    /** Group commits since the start. */
    public long commits() {
        return running().commits();
    }

    /** Records committed since the start. */
    public long committedRecords() {
        return running().committedRecords();
    }

    /** Bytes of the records that wait for a commit to begin. */
    public long waitingBytes() {
        return running().waitingBytes();
    }

    /** Since when the commit under way, or the listener, has been busy, by {@link System#nanoTime}; 0 for neither. */
    public long busySinceNanos() {
        return running().busySinceNanos();
    }

    /** The failure that made the log faulty, or null while it is not. */
    public @Nullable IOException fault() {
        return running().fault();
    }

    private LogCommitter running() {
        LogCommitter started = committer;
        if (started == null) {
            throw new IllegalStateException("the log was not started");
        }
        return started;
    }

    /** Commits what is queued, waits until the listener knows, and closes the files. */
    @Override
    public void close() throws IOException {
        LogCommitter started = committer;
        try {
            if (started != null) {
                started.close();
            }
        } finally {
            readers.close();
        }
    }
}
