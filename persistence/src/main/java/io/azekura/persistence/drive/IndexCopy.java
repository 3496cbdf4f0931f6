package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A copy of an index to be opened in its place, as opening an index changes its files. Deleted on closing. */
final class IndexCopy implements AutoCloseable {
    /** LevelDB never changes a table once it is written, so that a second name for it will do. */
    private static final List<String> UNCHANGING = List.of(".sst", ".ldb");

    private final Path directory;
    private final DriveIndex index;

    private IndexCopy(Path directory, DriveIndex index) {
        this.directory = directory;
        this.index = index;
    }

    /** A new index in a directory of its own below {@code scratch}, with the files of {@code source} if there are any. */
    static IndexCopy of(Path source, Path scratch, IndexSettings settings) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "index");
        try {
            if (Files.isDirectory(source)) {
                copy(source, directory);
            }
            return new IndexCopy(directory, DriveIndex.open(directory, settings));
        } catch (IOException | RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    private static void copy(Path source, Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(source)) {
            for (Path file : files) {
                Path copy = directory.resolve(String.valueOf(file.getFileName()));
                if (UNCHANGING.stream().noneMatch(copy.toString()::endsWith) || !isLinked(file, copy)) {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private static boolean isLinked(Path file, Path copy) {
        try {
            Files.createLink(copy, file);
            return true;
        } catch (IOException | UnsupportedOperationException onAnotherFileSystem) {
            return false;
        }
    }

    DriveIndex index() {
        return index;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            index.close();
        } finally {
            delete(directory);
        }
    }
}
