package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Decides before LevelDB touches an index whether it may, with the help of two files beside it. LevelDB maps its files:
 * an unreadable sector ends the process with a signal, and would do so again at every start.
 *
 * <pre>
 * index.doubt  is there while the index must be rebuilt; says why, in UTF-8, for people
 * index.open   is there while the index is in use, and after it was not closed in order:
 *   Version  u8  1
 *   Starts   u8  how many starts in a row there were, this one included, without an orderly end and without a while of
 *                service; 0 after that while
 * </pre>
 *
 * <p>After a stop that was not orderly all files of the index are read in the ordinary way first, where an unreadable
 * sector is an exception. Should that find nothing, the fifth such stop in a row before the index was proven in service
 * sets it aside all the same. Any thread.
 */
final class IndexGuard {
    static final String DOUBT = "index.doubt";
    static final String OPEN = "index.open";

    private static final int VERSION = 1;
    /** More than the kills in a row that an operator or a supervisor is likely to make before anything has served. */
    static final int STARTS_MAX = 5;

    private static final int READ_BYTES = 1 << 20;

    private final Path directory;
    private final Path index;
    private boolean isClosed;

    IndexGuard(Path directory) {
        this.directory = directory;
        this.index = directory.resolve(DriveRecovery.INDEX);
    }

    /** Why the index must not be opened but rebuilt, or null if it may be tried. */
    @Nullable
    synchronized String objection() throws IOException {
        Path doubt = directory.resolve(DOUBT);
        if (Files.exists(doubt)) {
            return "it was in doubt: " + new String(Files.readAllBytes(doubt), StandardCharsets.UTF_8);
        }
        if (!Files.exists(directory.resolve(OPEN)) || !Files.exists(index)) {
            return null;
        }
        if (starts() >= STARTS_MAX) {
            return STARTS_MAX + " starts in a row ended without an orderly stop";
        }
        try {
            readAll();
            return null;
        } catch (IOException unreadable) {
            return "it cannot be read: " + unreadable.getMessage();
        }
    }

    /** The index is about to be opened. */
    synchronized void opening(boolean isRebuilt) throws IOException {
        int before = isRebuilt ? 0 : starts();
        writeStarts(Math.min(before + 1, STARTS_MAX));
    }

    /** The index has been in use for a while without ending the process. */
    synchronized void proven() throws IOException {
        if (!isClosed) {
            writeStarts(0);
        }
    }

    /** The index must be rebuilt, whatever happens now. */
    synchronized void doubt(String reason) throws IOException {
        DurableFiles.replace(directory.resolve(DOUBT), reason.getBytes(StandardCharsets.UTF_8));
    }

    /** The index has been rebuilt. */
    synchronized void rebuilt() throws IOException {
        Files.deleteIfExists(directory.resolve(DOUBT));
        DurableFiles.syncDirectory(directory);
    }

    /** The index was closed in order. */
    synchronized void closed() throws IOException {
        isClosed = true;
        Files.deleteIfExists(directory.resolve(OPEN));
        DurableFiles.syncDirectory(directory);
    }

    /** A file that does not tell counts as the most. */
    private int starts() throws IOException {
        Path open = directory.resolve(OPEN);
        if (!Files.exists(open)) {
            return 0;
        }
        try {
            ByteReader reader = new ByteReader(Files.readAllBytes(open), open.toString());
            reader.version(VERSION);
            int starts = reader.u8();
            reader.end();
            return starts;
        } catch (CorruptException | FormatTooNewException e) {
            return STARTS_MAX;
        }
    }

    private void writeStarts(int starts) throws IOException {
        DurableFiles.replace(
                directory.resolve(OPEN),
                new ByteWriter(2).u8(VERSION).u8(starts).toByteArray());
    }

    private void readAll() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(index)) {
            for (Path file : files) {
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    while (channel.read(buffer.clear()) >= 0) {
                        // Only whether it can be read matters here; LevelDB's checksums tell the rest.
                    }
                } catch (NoSuchFileException gone) {
                    // Of no use to LevelDB either.
                }
            }
        }
    }
}
