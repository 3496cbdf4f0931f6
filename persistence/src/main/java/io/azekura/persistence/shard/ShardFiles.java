package io.azekura.persistence.shard;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.DirectIo;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shard files of one drive: {@code shards/<xx>/<data id>-<shard>}, where {@code xx} are the last two digits of the
 * data id, its fastest changing ones, so that the files spread evenly over 256 directories. Those exist from the start,
 * so that a new file needs one directory sync and no more. Any thread.
 */
public final class ShardFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ShardFiles.class);
    private static final int DIRECTORIES = 256;
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})([0-9a-f]{16})-([0-9]{1,3})");

    private final Path root;
    private final boolean direct;
    private final AlignedBufferPool pool;

    private ShardFiles(Path root, boolean direct, AlignedBufferPool pool) {
        this.root = root;
        this.direct = direct;
        this.pool = pool;
    }

    /** Opens the shards below {@code root}, creating durably the directories that are missing. */
    public static ShardFiles open(Path root, AlignedBufferPool pool) throws IOException {
        createDirectories(root);
        return new ShardFiles(root, DirectIo.works(root), pool);
    }

    private static void createDirectories(Path root) throws IOException {
        DurableFiles.createDirectories(root);
        boolean missing = false;
        for (int number = 0; number < DIRECTORIES; number++) {
            Path directory = root.resolve(directoryName(number));
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(directory);
                missing = true;
            }
        }
        if (missing) {
            DurableFiles.syncDirectory(root);
        }
    }

    /** Begins a shard file of at most {@code lengthMax} bytes. */
    public Drive.ShardWriter create(DataId id, int shard, long lengthMax) throws IOException {
        return new ShardFileWriter(directory(id), name(id, shard), id, shard, lengthMax, direct, pool);
    }

    /**
     * Opens a finished shard file. The reader goes on working when the file is removed meanwhile.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws CorruptException if it is not what its name says, or shorter than its header says
     */
    public Drive.ShardReader open(DataId id, int shard) throws IOException {
        return openBlocks(id, shard);
    }

    private BlockReader openBlocks(DataId id, int shard) throws IOException {
        Path file = file(id, shard);
        FileSource source = new FileSource(file);
        try {
            ByteBuffer header = ByteBuffer.allocate(ShardHeaderFormat.BYTES);
            source.read(0, header);
            long length = ShardHeaderFormat.read(id, shard, header, file.toString());
            long size = ShardHeaderFormat.BYTES + BlockFormat.encodedLength(length);
            if (source.size() < size) {
                throw new CorruptException(file.toString(), source.size(), size + " bytes", "the end of the file");
            }
            return new BlockReader(source, ShardHeaderFormat.BYTES, length, id, shard, pool);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /**
     * Makes sure that a file which a crash left behind is a finished one, and makes it and its name durable: a process that
     * was killed may have left them where a power cut takes them.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws CorruptException if it was not finished
     */
    public void confirm(DataId id, int shard) throws IOException {
        try (BlockReader reader = openBlocks(id, shard);
                FileChannel channel = FileChannel.open(file(id, shard), StandardOpenOption.READ)) {
            if (channel.size() <= AlignedBufferPool.BYTES_MAX) {
                // Written at once, header and all, in whatever order.
                readThrough(reader);
            }
            channel.force(true);
        }
        DurableFiles.syncDirectory(directory(id));
    }

    private static void readThrough(BlockReader reader) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(BlockFormat.BLOCK_BYTES);
        for (long at = 0; at < reader.length(); at += part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), reader.length() - at));
            reader.read(at, part);
        }
    }

    /** Removes the file, finished or not; false when there is none. Not durable: a crash may bring it back. */
    public boolean delete(DataId id, int shard) throws IOException {
        return Files.deleteIfExists(file(id, shard));
    }

    /** Calls the visitor for every shard file, in no order, the unfinished ones included. */
    public void forEach(Visitor visitor) throws IOException {
        for (int number = 0; number < DIRECTORIES; number++) {
            forEach(root, number, visitor);
        }
    }

    /** How many directories the files below a root are spread over. */
    public static int directoryCount() {
        return DIRECTORIES;
    }

    /** Calls the visitor for every shard file in one of the directories below a root, which it does not create. */
    public static void forEach(Path root, int number, Visitor visitor) throws IOException {
        Path directory = root.resolve(directoryName(number));
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    long process = Long.parseUnsignedLong(name.group(1), 16);
                    long sequence = Long.parseUnsignedLong(name.group(2), 16);
                    visitor.visit(new DataId(process, sequence), Integer.parseInt(name.group(3)));
                }
            }
        }
    }

    /** Where the file of a shard below a root is, whether or not it exists. */
    public static Path file(Path root, DataId id, int shard) {
        return root.resolve(directoryName((int) (id.sequence() & (DIRECTORIES - 1))))
                .resolve(name(id, shard));
    }

    /** Whether new files are written past the page cache. */
    public boolean isDirect() {
        return direct;
    }

    /** Where the file of a shard is, whether or not it exists. */
    public Path file(DataId id, int shard) {
        return file(root, id, shard);
    }

    private Path directory(DataId id) {
        return root.resolve(directoryName((int) (id.sequence() & (DIRECTORIES - 1))));
    }

    private static String name(DataId id, int shard) {
        return id + "-" + shard;
    }

    private static String directoryName(int number) {
        return String.format(Locale.ROOT, "%02x", number);
    }

    /** Is told of one shard file. */
    @FunctionalInterface
    public interface Visitor {
        void visit(DataId id, int shard) throws IOException;
    }

    private static final class FileSource implements BlockSource {
        private final Path file;
        private final FileChannel channel;

        FileSource(Path file) throws IOException {
            this.file = file;
            this.channel = FileChannel.open(file, StandardOpenOption.READ);
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            long at = offset;
            while (target.hasRemaining()) {
                int read = channel.read(target, at);
                if (read < 0) {
                    throw new CorruptException(name(), at, target.remaining() + " more bytes", "the end of the file");
                }
                at += read;
            }
        }

        long size() throws IOException {
            return channel.size();
        }

        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("Cannot close {}", file, e);
            }
        }
    }
}
