package io.azekura.persistence.drive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second engine, in this process or another, away from a drive's directory. Ends with the process. */
final class DriveLock implements Closeable {
    private static final String FILE = "in-use.lock";

    private final FileChannel channel;

    private DriveLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws DriveFaultException if someone else has it
     */
    static DriveLock acquire(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DriveLock(channel);
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            // Answered like a lock that another process holds.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new DriveFaultException(directory + " is in use: another azekura has it mounted");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
