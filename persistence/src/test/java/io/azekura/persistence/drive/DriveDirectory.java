package io.azekura.persistence.drive;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.log.SegmentChannel;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** A drive's directory in a test: formatted, opened with small sizes, and copied as a crash would leave it. */
final class DriveDirectory {
    static final DriveId ID = new DriveId(new UUID(0x00112233_44556677L, 0x88990011_22334455L));

    private static final int MIB = 1 << 20;

    /** The smallest log that takes the drive's longest record. */
    static final LogSettings LOG = new LogSettings(4 * MIB, 2 * MIB, 4, 5, true);

    static final IndexSettings INDEX = new IndexSettings(MIB, 64 * 1024, false, 64, 0);
    private static final AlignedBufferPool POOL = new AlignedBufferPool(8 * MIB);

    private final Path path;
    private final List<IOException> faults = Collections.synchronizedList(new ArrayList<>());

    private DriveDirectory(Path path) {
        this.path = path;
    }

    static DriveDirectory create(Path path) throws IOException {
        Files.createDirectories(path);
        DriveEngine.create(path, ID, settings(0));
        return new DriveDirectory(path);
    }

    /** A directory that was formatted before. */
    static DriveDirectory at(Path path) {
        return new DriveDirectory(path);
    }

    static DriveSettings settings(long reserveBytes) {
        return new DriveSettings(LOG, INDEX, reserveBytes).with(CompactionSettings.OFF);
    }

    Path path() {
        return path;
    }

    /** What the engines of this directory reported to their owner. */
    List<IOException> faults() {
        return faults;
    }

    DriveEngine open() throws IOException {
        return open(SegmentChannel.Opener.FILES, 0);
    }

    /** Opens it with compaction going on by itself. */
    DriveEngine open(CompactionSettings compaction) throws IOException {
        DriveSettings settings = settings(0).with(compaction);
        return DriveEngine.open(path, ID, settings, POOL, faults::add);
    }

    DriveEngine open(SegmentChannel.Opener opener, long reserveBytes) throws IOException {
        return open(opener, settings(reserveBytes));
    }

    DriveEngine open(SegmentChannel.Opener opener, DriveSettings settings) throws IOException {
        return DriveEngine.open(path, ID, settings, POOL, faults::add, opener);
    }

    /** Copies the directory of a drive on which nothing is happening: what a kill at this moment would leave. */
    DriveDirectory crash(Path copy) throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(copy.resolve(path.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    Files.copy(file, copy.resolve(path.relativize(file)));
                } catch (NoSuchFileException merged) {
                    // LevelDB removes a table in the background; a copy that lacks it has an index to be rebuilt.
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return new DriveDirectory(copy);
    }
}
