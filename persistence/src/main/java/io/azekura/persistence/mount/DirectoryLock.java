package io.azekura.persistence.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every other process, and a second store in this one, away from a drive. The operating system ends it with the
 * process, however that ends; the file stays and means nothing by itself.
 */
final class DirectoryLock implements Closeable {
    static final String FILE = "azekura.lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The lock of the directory, or null when someone else has it. */
    static @Nullable DirectoryLock tryLock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isMine = false;
        try {
            isMine = channel.tryLock() != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            isMine = false;
        } finally {
            if (!isMine) {
                channel.close();
            }
        }
        return isMine ? new DirectoryLock(channel) : null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
