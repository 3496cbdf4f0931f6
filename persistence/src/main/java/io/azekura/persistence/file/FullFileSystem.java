package io.azekura.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Tells a failure for want of bytes, inodes or quota from a failure of the device. */
public final class FullFileSystem {
    private static final Path ALWAYS_FULL = Path.of("/dev/full");

    /** The words of the C library, which Java hands on instead of the number; the last in this machine's language. */
    private static final List<String> WORDS =
            List.of("No space left on device", "Disk quota exceeded", wordsOfThisMachine());

    private FullFileSystem() {}

    /** Whether the failure says that the file system, or its owner's share of it, is full. */
    public static boolean isCauseOf(IOException failure) {
        String reason = failure instanceof FileSystemException of ? of.getReason() : failure.getMessage();
        return reason != null && WORDS.stream().anyMatch(reason::contains);
    }

    private static String wordsOfThisMachine() {
        try (FileChannel full = FileChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
            full.write(ByteBuffer.allocate(1));
        } catch (IOException e) {
            if (e.getClass() == IOException.class && e.getMessage() != null) {
                return e.getMessage();
            }
        }
        return "ENOSPC";
    }
}
