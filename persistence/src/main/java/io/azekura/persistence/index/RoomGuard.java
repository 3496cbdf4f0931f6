package io.azekura.persistence.index;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Watches the free space below one database, and calls once when it falls below a floor: more often the nearer it is,
 * so that a file system that is filled as fast as memory can be copied does not get from one look to the next past it.
 */
final class RoomGuard {
    /** More than the file systems tried here can be filled with: 2 GB/s in memory. */
    private static final long FILLED_BYTES_PER_MILLI = 4_000_000;

    private static final long PAUSE_MILLIS_MIN = 1;
    private static final long PAUSE_MILLIS_MAX = 250;

    private final FileStore fileSystem;
    private final long floorBytes;
    private final Runnable onNoRoom;
    private final Thread watching;
    private volatile boolean isStopped;

    RoomGuard(Path directory, long floorBytes, Runnable onNoRoom) throws IOException {
        this.fileSystem = Files.getFileStore(directory);
        this.floorBytes = floorBytes;
        this.onNoRoom = onNoRoom;
        this.watching = new Thread(this::watch, "room-" + directory.getFileName());
        watching.setDaemon(true);
    }

    void start() {
        if (floorBytes > 0) {
            watching.start();
        }
    }

    void stop() {
        isStopped = true;
        watching.interrupt();
    }

    long floorBytes() {
        return floorBytes;
    }

    long freeBytes() throws IOException {
        return fileSystem.getUsableSpace();
    }

    /** Whether there is room now. Two microseconds. */
    boolean hasRoom() throws IOException {
        return floorBytes == 0 || freeBytes() >= floorBytes;
    }

    private void watch() {
        while (!isStopped) {
            long pause = PAUSE_MILLIS_MAX;
            try {
                long above = freeBytes() - floorBytes;
                if (above < 0) {
                    onNoRoom.run();
                    return;
                }
                pause = pauseMillis(above);
            } catch (IOException unreadable) {
                // Whether the drive still is there is for others to find out.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause);
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    /** How long free space that lies so far above the floor may be left alone. */
    static long pauseMillis(long bytesAboveFloor) {
        long untilFull = bytesAboveFloor / FILLED_BYTES_PER_MILLI;
        return Math.max(PAUSE_MILLIS_MIN, Math.min(PAUSE_MILLIS_MAX, untilFull));
    }
}
