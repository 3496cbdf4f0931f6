package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How full the drive's file system is, and what it therefore takes. Asked seldom while there is plenty. Any thread. */
final class SpaceGauge {
    /** With so much room above the reserve, a reading may be as old as it takes to fill that at 4 GB/s. */
    private static final long PLENTY_BYTES = 1L << 30;

    private static final long FRESH_WITH_PLENTY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How long a drive counts as full after a file could not be made. */
    private static final long FULL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private final FileStore fileSystem;
    private final SpaceSettings marks;
    private volatile Reading latest;
    private volatile long fullNanos;

    private record Reading(long nanos, long totalBytes, long freeBytes) {}

    /** What a record is to the room of a drive, from what is refused first to what is refused last. */
    enum Need {
        /** New bytes, or a new row. */
        NEW_DATA,
        /** A row that the drive has already, under another ballot. */
        KNOWN_ROW,
        /** What takes a little of the log, and may free much. */
        DELETE
    }

    SpaceGauge(Path directory, SpaceSettings marks) throws IOException {
        this.directory = directory;
        this.fileSystem = Files.getFileStore(directory);
        this.marks = marks;
        this.latest = read();
    }

    long totalBytes() {
        return current().totalBytes;
    }

    /** Bytes that may be used; 0 when the file system does not answer. */
    long freeBytes() {
        return current().freeBytes;
    }

    boolean isBelowReserve() {
        return !allows(Need.NEW_DATA);
    }

    boolean allows(Need need) {
        boolean hasInodes = need != Need.NEW_DATA || !isWithoutInodes();
        return hasInodes && freeBytes() >= requiredBytes(need);
    }

    /**
     * A file could not be made, or lengthened, for want of room. Where bytes are free, it is inodes or a quota that Java
     * does not tell of, so no new data is taken for a while, and the little that is left stays for the log and the index.
     */
    void noteFull() {
        fullNanos = System.nanoTime() | 1;
    }

    private boolean isWithoutInodes() {
        long since = fullNanos;
        return since != 0 && System.nanoTime() - since < FULL_NANOS;
    }

    void require(Need need) throws NoSpaceException {
        if (!allows(need)) {
            throw new NoSpaceException(directory.toString(), freeBytes(), requiredBytes(need));
        }
    }

    private long requiredBytes(Need need) {
        return switch (need) {
            case NEW_DATA -> marks.reserveBytes();
            case KNOWN_ROW -> marks.deletesBytes();
            case DELETE -> marks.indexBytes();
        };
    }

    private Reading current() {
        Reading reading = latest;
        long fresh = reading.freeBytes - marks.reserveBytes() > PLENTY_BYTES ? FRESH_WITH_PLENTY_NANOS : FRESH_NANOS;
        if (System.nanoTime() - reading.nanos > fresh) {
            try {
                reading = read();
            } catch (IOException unreadable) {
                reading = new Reading(System.nanoTime(), reading.totalBytes, 0);
            }
            latest = reading;
        }
        return reading;
    }

    private Reading read() throws IOException {
        return new Reading(System.nanoTime(), fileSystem.getTotalSpace(), fileSystem.getUsableSpace());
    }
}
