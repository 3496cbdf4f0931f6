package io.azekura.persistence.log;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.FullFileSystem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The segment that a log will continue in: prepared in the background while the present one is written. Where there is
 * no room for it, nothing has been promised yet, so that is no fault: it is tried again when it is asked for. One
 * thread.
 */
final class NextSegment {
    /** Long enough that a log without room does not spend its time trying, short enough that nobody waits for it. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SegmentFiles files;
    private final LogSettings settings;
    private final String threadName;

    private long number;
    private FutureTask<Long> attempt;
    private long endedNanos;

    /** Begins to prepare the segment of that number, or finds it prepared. */
    NextSegment(SegmentFiles files, LogSettings settings, long number, boolean isPrepared, String threadName) {
        this.files = files;
        this.settings = settings;
        this.threadName = threadName;
        this.number = number;
        this.attempt = begin(number, isPrepared);
    }

    /** The prepared segment was taken: begins to prepare the one that follows. */
    void advance() {
        number++;
        endedNanos = 0;
        attempt = begin(number, false);
    }

    /**
     * Waits for a preparation under way and returns the size of the prepared segment.
     *
     * @throws NoSpaceException if there is no room for it now
     */
    long await() throws IOException {
        if (endedNanos != 0 && System.nanoTime() - endedNanos >= RETRY_NANOS) {
            endedNanos = 0;
            attempt = begin(number, false);
        }
        try {
            return attempt.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof NoSpaceException noRoom) {
                endedNanos = endedNanos == 0 ? System.nanoTime() : endedNanos;
                throw new NoSpaceException(noRoom);
            }
            throw new IOException("cannot prepare the next segment of the log", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the next segment was being prepared");
        }
    }

    /** Waits for a preparation under way, so that nothing is written to the directory afterwards. */
    void close() throws IOException {
        endedNanos = 0;
        try {
            await();
        } catch (NoSpaceException unprepared) {
            // The next start prepares it.
        }
    }

    /**
     * How large the next segment may be: as large as is set, or a half, a quarter and so on of that, as long as a whole
     * batch fits; 0 if even that would leave less than is to be kept free.
     */
    static long fittingBytes(LogSettings settings, long freeBytes) {
        long least = SegmentFormat.HEADER_BYTES + (long) settings.batchBytesMax();
        for (long bytes = settings.segmentBytes(); bytes >= least; bytes = halved(bytes)) {
            if (freeBytes - bytes >= settings.keptFreeBytes()) {
                return bytes;
            }
        }
        return 0;
    }

    private static long halved(long bytes) {
        return bytes / 2 - bytes / 2 % SegmentFormat.BLOCK_BYTES;
    }

    private FutureTask<Long> begin(long wanted, boolean isPrepared) {
        FutureTask<Long> task = new FutureTask<>(() -> {
            // One that was cut off takes no batch.
            long bytesMin = SegmentFormat.HEADER_BYTES + (long) settings.batchBytesMax();
            if (!isPrepared || files.size(wanted) < bytesMin) {
                prepare(wanted);
            }
            return files.size(wanted);
        });
        Thread thread = new Thread(task, threadName + "-prepare");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private void prepare(long wanted) throws IOException {
        Path file = files.file(wanted);
        long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
        long bytes = fittingBytes(settings, free);
        if (bytes == 0) {
            throw new NoSpaceException(file.toString(), free, settings.keptFreeBytes() + settings.batchBytesMax());
        }
        try {
            files.prepare(wanted, bytes, settings.directIo());
        } catch (IOException e) {
            if (!FullFileSystem.isCauseOf(e)) {
                throw e;
            }
            files.removeUnfinished();
            throw new NoSpaceException(file.toString(), e);
        }
    }
}
