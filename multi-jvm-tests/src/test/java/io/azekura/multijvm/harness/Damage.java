package io.azekura.multijvm.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What can happen to the files of a whole drive directory. */
public enum Damage {
    /** Everything in it is deleted; the directory stays, as an empty mount point would. */
    EMPTIED {
        @Override
        public void apply(Path drive, SplittableRandom random) throws IOException {
            empty(drive);
        }
    },

    /** Every file keeps name and length, and all of its bytes are random. */
    GARBAGE {
        @Override
        public void apply(Path drive, SplittableRandom random) throws IOException {
            for (Path file : files(drive)) {
                overwrite(file, random);
            }
        }
    };

    private static final int PIECE_BYTES = 1 << 20;

    public abstract void apply(Path drive, SplittableRandom random) throws IOException;

    /** Copies the directories into {@code target}, each under its own name. */
    public static void copy(List<Path> directories, Path target) throws IOException {
        for (Path directory : directories) {
            copyInto(directory, Files.createDirectories(target.resolve(directory.getFileName())));
        }
    }

    /** Makes the directories what they were when {@link #copy} saved them. */
    public static void restore(Path saved, List<Path> directories) throws IOException {
        for (Path directory : directories) {
            empty(directory);
            copyInto(saved.resolve(directory.getFileName()), directory);
        }
    }

    private static void copyInto(Path directory, Path target) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path source : walk.skip(1).toList()) {
                Files.copy(source, target.resolve(directory.relativize(source)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void empty(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path entry : walk.skip(1).sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (UncheckedIOException e) {
            // The node made or removed something meanwhile.
            throw e.getCause();
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    private static void overwrite(Path file, SplittableRandom random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (long offset = 0; offset < channel.size(); offset += PIECE_BYTES) {
                random.nextBytes(piece);
                int length = (int) Math.min(PIECE_BYTES, channel.size() - offset);
                channel.write(ByteBuffer.wrap(piece, 0, length), offset);
            }
        }
    }
}
