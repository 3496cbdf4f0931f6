package io.azekura.persistence.file;

import com.sun.nio.file.ExtendedOpenOption;
import io.azekura.persistence.CorruptException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file read past the page cache where the file system allows it: what the disk has, and not what memory remembers of
 * it, without displacing what others keep there. Elsewhere it is read like any other. One thread.
 */
public final class UncachedFile implements Closeable {
    private final Path file;
    private final AlignedBufferPool pool;
    private final FileChannel channel;
    private final boolean direct;

    private UncachedFile(Path file, AlignedBufferPool pool, FileChannel channel, boolean direct) {
        this.file = file;
        this.pool = pool;
        this.channel = channel;
        this.direct = direct;
    }

    /**
     * Opens a file for reading.
     *
     * @param pool lends the memory that reads go through
     * @throws NoSuchFileException if there is none
     */
    public static UncachedFile open(Path file, AlignedBufferPool pool) throws IOException {
        long blockBytes = Files.getFileStore(file).getBlockSize();
        if (AlignedBufferPool.ALIGNMENT % blockBytes == 0) {
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
                return new UncachedFile(file, pool, channel, true);
            } catch (NoSuchFileException missing) {
                throw missing;
            } catch (UnsupportedOperationException | FileSystemException refused) {
                // A file that cannot be opened at all fails again below, with its own reason.
            }
        }
        return new UncachedFile(file, pool, FileChannel.open(file, StandardOpenOption.READ), false);
    }

    public Path file() {
        return file;
    }

    /** Whether reads go past the page cache. */
    public boolean isDirect() {
        return direct;
    }

    public long size() throws IOException {
        return channel.size();
    }

    /**
     * Fills the target from the given offset, which need not be aligned.
     *
     * @throws CorruptException if the file ends before
     */
    public void read(long offset, ByteBuffer target) throws IOException {
        ByteBuffer window = pool.acquire(target.remaining() + 2L * AlignedBufferPool.ALIGNMENT);
        try {
            long at = offset;
            while (target.hasRemaining()) {
                int skip = (int) (at % AlignedBufferPool.ALIGNMENT);
                long wanted = skip + (long) target.remaining();
                window.clear().limit((int) Math.min(window.capacity(), padded(wanted)));
                fill(at - skip, window, (int) Math.min(wanted, window.limit()), at);
                window.flip().position(skip);
                window.limit(Math.min(window.limit(), skip + target.remaining()));
                at += window.remaining();
                target.put(window);
            }
        } finally {
            pool.release(window);
        }
    }

    /** Reads until the window has at least that many bytes. What the last read brings beyond them is as good. */
    private void fill(long from, ByteBuffer window, int needed, long wantedAt) throws IOException {
        while (window.position() < needed) {
            // A direct read that stops short of a block stands at the end of the file: the next one would not be
            // aligned.
            boolean isAligned = window.position() % AlignedBufferPool.ALIGNMENT == 0;
            int count = isAligned || !direct ? channel.read(window, from + window.position()) : -1;
            if (count < 0) {
                throw new CorruptException(
                        file.toString(),
                        Math.max(wantedAt, from + window.position()),
                        (needed - window.position()) + " more bytes",
                        "the end of the file");
            }
        }
    }

    private static long padded(long bytes) {
        long unit = AlignedBufferPool.ALIGNMENT;
        return (bytes + unit - 1) / unit * unit;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
