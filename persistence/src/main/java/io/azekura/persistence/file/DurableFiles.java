package io.azekura.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The steps that make a name, and not only bytes, survive a power cut: a file is in its directory for good only when
 * the directory was synced too.
 */
public final class DurableFiles {
    private static final String TEMPORARY_SUFFIX = ".new";

    private DurableFiles() {}

    /**
     * Replaces the file by one with these bytes: after a crash it has the old bytes or the new ones, never a mix. A
     * temporary file beside it, left by a crash, is overwritten by the next replacement.
     */
    public static void replace(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(parent(file));
    }

    /** Whether a file of this name is what an interrupted {@link #replace} may leave behind. */
    public static boolean isTemporary(Path file) {
        return String.valueOf(file.getFileName()).endsWith(TEMPORARY_SUFFIX);
    }

    /** Creates the directory and those above it that are missing, each durably in the one above it. */
    public static void createDirectories(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (@Nullable Path at = directory.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        for (Path one : missing) {
            Files.createDirectory(one);
            syncDirectory(parent(one));
        }
    }

    /** Makes the entries of the directory durable: those created, renamed and removed before. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path parent(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " has no parent directory");
        }
        return parent;
    }
}
