package io.azekura.persistence.drive.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What a disk holds at one moment: directories and the bytes of files by relative path, which nobody may change. */
public record DiskImage(SortedSet<String> directories, SortedMap<String, Content> files) {
    private static final int PAGE_BYTES = 4096;

    /** The bytes of a file and their checksum. */
    public record Content(byte[] bytes, int checksum) {
        static Content of(byte[] bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            return new Content(bytes, (int) crc.getValue());
        }
    }

    /** A disk that nothing was ever written to. */
    public static DiskImage empty() {
        return new DiskImage(new TreeSet<>(), new TreeMap<>());
    }

    /** Two images with the same digest are the same, for all that matters here. */
    long digest() {
        CRC32C first = new CRC32C();
        long second = 0;
        for (String directory : directories) {
            first.update(directory.getBytes(StandardCharsets.UTF_8));
        }
        for (Map.Entry<String, Content> file : files.entrySet()) {
            first.update(file.getKey().getBytes(StandardCharsets.UTF_8));
            first.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(file.getValue().checksum())
                    .flip());
            second = second * 0x9E3779B97F4A7C15L
                    + file.getValue().checksum() * 31L
                    + file.getValue().bytes().length;
        }
        return second ^ first.getValue() << 32;
    }

    /** Makes a directory tree of the image. Pages of zeros become holes, which read the same and cost nothing. */
    public void writeTo(Path root) throws IOException {
        writeTo(root, directories);
    }

    /** The same, where only these of the directories are missing. */
    void writeTo(Path root, Set<String> missing) throws IOException {
        Files.createDirectories(root);
        for (String directory : missing) {
            Files.createDirectory(root.resolve(directory));
        }
        for (Map.Entry<String, Content> file : files.entrySet()) {
            Path target = root.resolve(file.getKey());
            Files.createDirectories(target.toAbsolutePath().getParent());
            write(target, file.getValue().bytes());
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            int at = 0;
            while (at < bytes.length) {
                boolean isZero = isZero(bytes, at);
                int end = at;
                while (end < bytes.length && isZero(bytes, end) == isZero) {
                    end = Math.min(bytes.length, end + PAGE_BYTES);
                }
                if (!isZero) {
                    channel.write(ByteBuffer.wrap(bytes, at, end - at), at);
                } else if (end == bytes.length) {
                    channel.write(ByteBuffer.wrap(bytes, end - 1, 1), end - 1L);
                }
                at = end;
            }
        }
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < Math.min(bytes.length, from + PAGE_BYTES); i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads the files below a directory, by their path relative to the root. */
    public static SortedMap<String, byte[]> read(Path root, Path directory) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        if (Files.isDirectory(directory)) {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    files.put(root.relativize(file).toString(), Files.readAllBytes(file));
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return files;
    }

    /** Removes a directory tree, if it is there. */
    public static void delete(Path root) throws IOException {
        if (Files.notExists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
