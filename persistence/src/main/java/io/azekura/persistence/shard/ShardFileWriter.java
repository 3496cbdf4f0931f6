package io.azekura.persistence.shard;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.DirectIo;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs a shard into blocks in one aligned buffer and writes it out in pieces of up to 1 MiB, past the page cache where
 * the file system allows: gigabytes of dirty pages would stall every sync of the log beside them. A shard that fits
 * the buffer is one write.
 */
final class ShardFileWriter implements Drive.ShardWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ShardFileWriter.class);

    private final Path directory;
    private final Path file;
    private final DataId id;
    private final int shard;
    private final long lengthMax;
    private final BlockFormat format;
    private final AlignedBufferPool pool;
    private final FileChannel channel;

    /** Null once the writer is closed. Its position is where the next byte goes. */
    private @Nullable ByteBuffer buffer;

    /** Where in the file the first byte of the buffer goes: a multiple of the alignment. */
    private long bufferAt;

    /** Where in the buffer the open block begins, with its checksum. */
    private int blockAt;

    private long length;

    /** Creates the file of that name in the directory. */
    ShardFileWriter(
            Path directory, String name, DataId id, int shard, long lengthMax, boolean direct, AlignedBufferPool pool)
            throws IOException {
        this.directory = directory;
        this.file = directory.resolve(name);
        this.id = id;
        this.shard = shard;
        this.lengthMax = lengthMax;
        this.format = new BlockFormat(id, shard);
        this.pool = pool;
        this.channel = DirectIo.create(file, direct);
        ByteBuffer first = pool.acquire(ShardHeaderFormat.BYTES + BlockFormat.encodedLength(lengthMax));
        for (int at = 0; at < ShardHeaderFormat.BYTES; at += Long.BYTES) {
            first.putLong(0);
        }
        this.buffer = first;
        this.blockAt = ShardHeaderFormat.BYTES;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        ByteBuffer into = open();
        Check.argument(bytes.remaining() <= lengthMax - length, "shard longer than " + lengthMax + " bytes");
        int end = bytes.limit();
        while (bytes.position() < end) {
            if (into.position() == blockAt) {
                makeRoomForBlock(into);
                into.position(blockAt + BlockFormat.CHECKSUM_BYTES);
            }
            int room = blockAt + BlockFormat.BLOCK_BYTES - into.position();
            int part = Math.min(room, end - bytes.position());
            into.put(bytes.limit(bytes.position() + part));
            length += part;
            bytes.limit(end);
            if (part == room) {
                sealBlock(into);
            }
        }
    }

    @Override
    public void finish() throws IOException {
        ByteBuffer last = open();
        if (last.position() > blockAt) {
            sealBlock(last);
        }
        boolean isOneWrite = bufferAt == 0;
        if (isOneWrite) {
            ShardHeaderFormat.write(id, shard, length, last);
        }
        while (last.position() % AlignedBufferPool.ALIGNMENT != 0) {
            last.put((byte) 0);
        }
        write(last.flip(), bufferAt);
        if (!isOneWrite) {
            // A file with a valid header is a whole one, unless it is short enough to be read after a crash.
            channel.force(false);
            ShardHeaderFormat.write(id, shard, length, last.clear());
            write(last.limit(ShardHeaderFormat.BYTES), 0);
        }
        channel.force(false);
        close();
        DurableFiles.syncDirectory(directory);
    }

    @Override
    public void abort() {
        try {
            close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("Cannot remove the unfinished shard {}; the scavenger will", file, e);
        }
    }

    /** Writes out whole aligned units when a full block does not fit any more; less than one unit stays. */
    private void makeRoomForBlock(ByteBuffer full) throws IOException {
        if (full.capacity() - blockAt >= BlockFormat.BLOCK_BYTES) {
            return;
        }
        int whole = blockAt - blockAt % AlignedBufferPool.ALIGNMENT;
        write(full.position(0).limit(whole), bufferAt);
        full.limit(blockAt);
        full.compact();
        bufferAt += whole;
        blockAt -= whole;
    }

    private void sealBlock(ByteBuffer full) {
        int end = full.position();
        int dataAt = blockAt + BlockFormat.CHECKSUM_BYTES;
        long number = (length - 1) / BlockFormat.DATA_BYTES;
        full.putInt(blockAt, format.checksum(number, full.slice(dataAt, end - dataAt)));
        blockAt = end;
    }

    private void write(ByteBuffer units, long offset) throws IOException {
        long at = offset;
        while (units.hasRemaining()) {
            at += channel.write(units, at);
        }
    }

    private ByteBuffer open() throws IOException {
        if (buffer == null) {
            throw new IOException(file + " is no longer being written");
        }
        return buffer;
    }

    private void close() throws IOException {
        if (buffer != null) {
            pool.release(buffer);
            buffer = null;
        }
        channel.close();
    }
}
