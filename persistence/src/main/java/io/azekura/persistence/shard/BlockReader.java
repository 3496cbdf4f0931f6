package io.azekura.persistence.shard;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a shard from its blocks and hands on no byte of a block that fails its checksum. Touches only the blocks that
 * a read needs, many of them with one read of the source, in memory that it holds no longer than the call.
 */
final class BlockReader implements Drive.ShardReader {
    /** Most bytes read from the source at once: large enough for its full rate, small enough for the processor's cache. */
    private static final int GULP_BYTES = 256 * 1024;

    private final BlockSource source;
    private final long blocksAt;
    private final long length;
    private final BlockFormat format;
    private final AlignedBufferPool pool;

    /** The blocks of a shard of {@code length} bytes begin at {@code blocksAt} of the source, which this closes. */
    BlockReader(BlockSource source, long blocksAt, long length, DataId id, int shard, AlignedBufferPool pool) {
        this.source = source;
        this.blocksAt = blocksAt;
        this.length = length;
        this.format = new BlockFormat(id, shard);
        this.pool = pool;
    }

    /** Bytes of the shard. */
    long length() {
        return length;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        if (offset < 0 || offset > length - target.remaining()) {
            String wanted = "bytes " + offset + " to " + (offset + target.remaining()) + " of the shard";
            throw new CorruptException(source.name(), source.origin() + blocksAt, wanted, "a length of " + length);
        }
        if (target.hasRemaining()) {
            long end = offset + target.remaining();
            long lastBlock = (end - 1) / BlockFormat.DATA_BYTES;
            long encoded = (lastBlock + 1 - offset / BlockFormat.DATA_BYTES) * BlockFormat.BLOCK_BYTES;
            ByteBuffer gulp = pool.acquire(Math.min(encoded, GULP_BYTES));
            try {
                readBlocks(offset, lastBlock, gulp, target);
            } finally {
                pool.release(gulp);
            }
        }
    }

    private void readBlocks(long offset, long lastBlock, ByteBuffer gulp, ByteBuffer target) throws IOException {
        int blocksPerGulp = gulp.capacity() / BlockFormat.BLOCK_BYTES;
        int skip = (int) (offset % BlockFormat.DATA_BYTES);
        for (long block = offset / BlockFormat.DATA_BYTES; block <= lastBlock; block += blocksPerGulp) {
            long count = Math.min(blocksPerGulp, lastBlock + 1 - block);
            long from = block * BlockFormat.BLOCK_BYTES;
            long to = Math.min(from + count * BlockFormat.BLOCK_BYTES, BlockFormat.encodedLength(length));
            gulp.clear().limit((int) (to - from));
            source.read(blocksAt + from, gulp);
            gulp.flip();
            for (long number = block; number < block + count; number++) {
                verify(number, gulp);
                copyTo(target, gulp, skip);
                skip = 0;
            }
        }
    }

    /** Leaves the limit of the gulp at the end of the block, its position at the first byte of data. */
    private void verify(long number, ByteBuffer gulp) throws CorruptException {
        long dataBytes = Math.min(BlockFormat.DATA_BYTES, length - number * BlockFormat.DATA_BYTES);
        int stored = gulp.limit(gulp.capacity()).getInt();
        int dataAt = gulp.position();
        int computed = format.checksum(number, gulp.limit(dataAt + (int) dataBytes));
        if (stored != computed) {
            throw new CorruptException(
                    source.name(),
                    source.origin() + blocksAt + number * BlockFormat.BLOCK_BYTES,
                    "checksum " + Integer.toHexString(computed) + " of block " + number,
                    Integer.toHexString(stored));
        }
        gulp.position(dataAt);
    }

    /** Copies what the target still takes and leaves the position of the gulp at the end of the block. */
    private static void copyTo(ByteBuffer target, ByteBuffer gulp, int skip) {
        int end = gulp.limit();
        gulp.position(gulp.position() + skip);
        gulp.limit(Math.min(end, gulp.position() + target.remaining()));
        target.put(gulp);
        gulp.limit(end).position(end);
    }

    @Override
    public void close() {
        source.close();
    }
}
