package io.azekura.persistence.drive;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How full the drive's file system is, asked at most a few times a second. Any thread. */
final class SpaceGauge {
    /** At 2 GB/s a drive fills by half a gigabyte in this time; the reserve is larger. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Path directory;
    private final long reserveBytes;
    private volatile Reading latest;

    private record Reading(long nanos, long totalBytes, long freeBytes) {}

    SpaceGauge(Path directory, long reserveBytes) throws IOException {
        this.directory = directory;
        this.reserveBytes = reserveBytes;
        this.latest = read(directory);
    }

    long reserveBytes() {
        return reserveBytes;
    }

    long totalBytes() {
        return current().totalBytes;
    }

    /** Bytes that may be used; 0 when the file system does not answer. */
    long freeBytes() {
        return current().freeBytes;
    }

    boolean isBelowReserve() {
        return freeBytes() < reserveBytes;
    }

    private Reading current() {
        Reading reading = latest;
        if (System.nanoTime() - reading.nanos > FRESH_NANOS) {
            try {
                reading = read(directory);
            } catch (IOException unreadable) {
                reading = new Reading(System.nanoTime(), reading.totalBytes, 0);
            }
            latest = reading;
        }
        return reading;
    }

    private static Reading read(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return new Reading(System.nanoTime(), store.getTotalSpace(), store.getUsableSpace());
    }
}
