package io.azekura.persistence.shard;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.UncachedFile;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Verifies every byte of a shard file, or of a shard inside another file, past the page cache. A damaged block does not
 * stop it. One thread.
 */
public final class ShardScrub {
    /** Blocks read at once: close to 1 MiB, the largest buffer of the pool. */
    private static final int BLOCKS_PER_READ = 60;

    private final AlignedBufferPool pool;
    private final Visitor visitor;

    public ShardScrub(AlignedBufferPool pool, Visitor visitor) {
        this.pool = pool;
        this.visitor = visitor;
    }

    /** Hears of everything that is read. */
    public interface Visitor {
        /** So many bytes were read. May wait, and ends the scrub by an exception. */
        void onBytes(long bytes) throws IOException;

        /** Bytes of the shard are not as they were written. */
        void onDamage(Path file, long offset, String what);

        /** Bytes that mean nothing, and never will, are not zero: the disk changed them. */
        void onWaste(Path file, long offset, String what);
    }

    /**
     * Verifies a finished shard file: header, every block, length, and the zeros behind.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    public void verify(Path path, DataId id, int shard) throws IOException {
        try (UncachedFile file = UncachedFile.open(path, pool)) {
            if (file.size() < ShardHeaderFormat.BYTES) {
                visitor.onDamage(path, file.size(), "the shard file ends within its header");
                return;
            }
            ByteBuffer header = ByteBuffer.allocate(ShardHeaderFormat.BYTES);
            visitor.onBytes(header.limit());
            long length;
            try {
                file.read(0, header);
                length = ShardHeaderFormat.read(id, shard, header.flip(), path.toString());
            } catch (IOException e) {
                visitor.onDamage(path, 0, "no valid shard header: " + e.getMessage());
                return;
            }
            verifyBlocks(file, ShardHeaderFormat.BYTES, length, new BlockFormat(id, shard));
            verifyEnd(file, ShardHeaderFormat.BYTES + BlockFormat.encodedLength(length));
        }
    }

    /** Verifies the blocks of an inline shard, which take so many bytes of the file. */
    public void verifyInline(Path path, long offset, int encodedLength, DataId id, int shard) throws IOException {
        long length = BlockFormat.decodedLength(encodedLength);
        if (length < 0) {
            visitor.onDamage(path, offset, "the blocks of no shard take " + encodedLength + " bytes");
            return;
        }
        try (UncachedFile file = UncachedFile.open(path, pool)) {
            verifyBlocks(file, offset, length, new BlockFormat(id, shard));
        }
    }

    /** Whether the file was begun and not finished: its header is written last. */
    public boolean isUnfinished(Path path) throws IOException {
        try (UncachedFile file = UncachedFile.open(path, pool)) {
            if (file.size() < ShardHeaderFormat.BYTES) {
                return true;
            }
            ByteBuffer header = ByteBuffer.allocate(ShardHeaderFormat.BYTES);
            file.read(0, header);
            return header.flip().mismatch(ByteBuffer.allocate(ShardHeaderFormat.BYTES)) < 0;
        }
    }

    private void verifyBlocks(UncachedFile file, long blocksAt, long length, BlockFormat format) throws IOException {
        long end = blocksAt + BlockFormat.encodedLength(length);
        if (file.size() < end) {
            visitor.onDamage(file.file(), file.size(), "the file ends before the shard does, at " + end);
        }
        long present = Math.min(end, file.size());
        long blocks = (length + BlockFormat.DATA_BYTES - 1) / BlockFormat.DATA_BYTES;
        for (long number = 0; number < blocks; number += BLOCKS_PER_READ) {
            long at = blocksAt + number * BlockFormat.BLOCK_BYTES;
            long to = Math.min(at + (long) BLOCKS_PER_READ * BlockFormat.BLOCK_BYTES, present);
            if (at >= to) {
                return;
            }
            ByteBuffer window = ByteBuffer.allocate((int) (to - at));
            try {
                file.read(at, window);
            } catch (IOException unreadable) {
                readBlocks(file, at, window.clear());
            }
            visitor.onBytes(window.limit());
            verifyWindow(file.file(), at, number, window.clear(), format, length);
        }
    }

    /** Reads what can be read; the rest is told, and zero, which no checksum fits. */
    private void readBlocks(UncachedFile file, long offset, ByteBuffer window) {
        for (int at = 0; at < window.capacity(); at += BlockFormat.BLOCK_BYTES) {
            ByteBuffer block = window.slice(at, Math.min(BlockFormat.BLOCK_BYTES, window.capacity() - at));
            try {
                file.read(offset + at, block);
            } catch (IOException e) {
                visitor.onDamage(file.file(), offset + at, "cannot be read: " + e.getMessage());
                block.clear().put(new byte[block.capacity()]);
            }
        }
    }

    private void verifyWindow(
            Path path, long windowAt, long firstNumber, ByteBuffer window, BlockFormat format, long length) {
        for (int at = 0; at + BlockFormat.CHECKSUM_BYTES < window.limit(); at += BlockFormat.BLOCK_BYTES) {
            long number = firstNumber + at / BlockFormat.BLOCK_BYTES;
            long dataBytes = Math.min(BlockFormat.DATA_BYTES, length - number * BlockFormat.DATA_BYTES);
            int dataAt = at + BlockFormat.CHECKSUM_BYTES;
            if (dataAt + dataBytes > window.limit()) {
                // Cut off: told already.
                return;
            }
            int stored = window.getInt(at);
            int computed = format.checksum(number, window.slice(dataAt, (int) dataBytes));
            if (stored != computed) {
                visitor.onDamage(
                        path,
                        windowAt + at,
                        "block " + number + " has checksum " + Integer.toHexString(computed) + " instead of "
                                + Integer.toHexString(stored));
            }
        }
    }

    /** Zeros up to the alignment, and then nothing. */
    private void verifyEnd(UncachedFile file, long end) throws IOException {
        long unit = AlignedBufferPool.ALIGNMENT;
        long expected = (end + unit - 1) / unit * unit;
        long size = file.size();
        if (size > expected || (size >= end && size < expected)) {
            visitor.onWaste(file.file(), Math.min(size, expected), "a length of " + size + " bytes, not " + expected);
        }
        int rest = (int) (Math.min(size, expected) - end);
        if (rest > 0) {
            ByteBuffer zeros = ByteBuffer.allocate(rest);
            visitor.onBytes(rest);
            try {
                file.read(end, zeros);
            } catch (IOException e) {
                visitor.onWaste(file.file(), end, "cannot be read: " + e.getMessage());
                return;
            }
            for (int i = 0; i < rest; i++) {
                if (zeros.get(i) != 0) {
                    visitor.onWaste(file.file(), end + i, "not zero behind the last block");
                    return;
                }
            }
        }
    }
}
