package io.azekura.persistence.log;

import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directory of a log: names, listing, and files that are written with zeros before they become segments. */
final class SegmentFiles {
    private static final Pattern NAME = Pattern.compile("segment-([0-9a-f]{16})\\.log");
    private static final String UNFINISHED = ".unfinished";

    /** Large enough for the full rate of a drive, small enough to let a group commit through between two writes. */
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path directory;
    private final SegmentChannel.Opener opener;

    SegmentFiles(Path directory, SegmentChannel.Opener opener) {
        this.directory = directory;
        this.opener = opener;
    }

    Path file(long number) {
        return directory.resolve(String.format(Locale.ROOT, "segment-%016x.log", number));
    }

    SegmentChannel openForWriting(long number, boolean direct) throws IOException {
        return opener.open(file(number), direct);
    }

    /** The header of a segment, read from the file that has its name now. */
    SegmentFormat.Header readHeader(long number, UUID drive) throws IOException {
        Path file = file(number);
        ByteBuffer block = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (block.hasRemaining() && channel.read(block, block.position()) >= 0) {
                // Until the block is full or the file ends.
            }
        }
        if (block.hasRemaining()) {
            throw new CorruptException(file.toString(), block.position(), "a segment header", "the end of the file");
        }
        return SegmentFormat.decode(file.toString(), drive, block);
    }

    long size(long number) throws IOException {
        return Files.size(file(number));
    }

    /** The segments from {@code first} to before {@code end}. */
    record Range(long first, long end) {}

    /**
     * The last segments without a gap between them. What lies before a gap was left over when the log was trimmed, or
     * the log is damaged: whoever knows where the log begins can tell.
     *
     * @throws CorruptException if there is none
     */
    Range range() throws IOException {
        List<Long> numbers = numbers();
        if (numbers.isEmpty()) {
            throw new CorruptException(file(0).toString(), 0, "a segment of the log", "no such file");
        }
        int at = numbers.size() - 1;
        while (at > 0 && numbers.get(at - 1) == numbers.get(at) - 1) {
            at--;
        }
        return new Range(numbers.get(at), numbers.get(numbers.size() - 1) + 1);
    }

    /** The numbers of all segments that there are, ascending. */
    List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    numbers.add(Long.parseUnsignedLong(name.group(1), 16));
                }
            }
        }
        Collections.sort(numbers);
        return numbers;
    }

    /** Removes files whose preparation a crash interrupted. */
    void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** Removes an unused segment durably. */
    void remove(long number) throws IOException {
        delete(number);
        forceDirectory();
    }

    /** Removes a segment; durable after {@link #forceDirectory}. */
    void delete(long number) throws IOException {
        Files.delete(file(number));
    }

    /**
     * Makes a segment file of zeros, durable with its name. Its blocks are really written, so that a group commit
     * later changes no metadata of the file system and its sync is one flush.
     */
    void prepare(long number, long segmentBytes, boolean direct) throws IOException {
        Path file = file(number);
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        ByteBuffer zeros = AlignedBuffers.allocate((int) Math.min(ZEROS_BYTES, segmentBytes));
        try (SegmentChannel channel = opener.open(unfinished, direct)) {
            for (long at = 0; at < segmentBytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), segmentBytes - at));
                channel.write(zeros, at);
            }
            channel.force();
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    /** Makes the names of all files durable. */
    void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
