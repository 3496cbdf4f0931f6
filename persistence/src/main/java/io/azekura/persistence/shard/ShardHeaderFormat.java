package io.azekura.persistence.shard;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The first 4 KiB of a shard file; the blocks of {@link BlockFormat} follow, then zeros up to a multiple of 4 KiB,
 * which mean nothing and are not verified.
 *
 * <pre>
 *    0  8 bytes  magic "AZKSHARD"
 *    8  i32      format version, 1
 *   12  i32      bytes of data in a block, 16,384
 *   16  i64      data id: process
 *   24  i64      data id: sequence
 *   32  i32      shard number
 *   36  i64      length of the shard in bytes
 *   44  zeros
 * 4092  i32      CRC32C of all bytes before
 * </pre>
 *
 * <p>Written when the blocks are complete, before the one sync of the file: a file that a crash left unfinished has
 * zeros here. Says nothing about the drive, so that a file may be moved to another one as it is.
 *
 * <p>Version 1: the first.
 */
final class ShardHeaderFormat {
    static final int VERSION = 1;
    static final int BYTES = AlignedBufferPool.ALIGNMENT;

    private static final long MAGIC = 0x415A_4B53_4841_5244L;
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = MAGIC_AT + Long.BYTES;
    private static final int BLOCK_AT = VERSION_AT + Integer.BYTES;
    private static final int PROCESS_AT = BLOCK_AT + Integer.BYTES;
    private static final int SEQUENCE_AT = PROCESS_AT + Long.BYTES;
    private static final int SHARD_AT = SEQUENCE_AT + Long.BYTES;
    private static final int LENGTH_AT = SHARD_AT + Integer.BYTES;
    private static final int ZEROS_AT = LENGTH_AT + Long.BYTES;
    private static final int CHECKSUM_AT = BYTES - Integer.BYTES;

    static {
        Check.state(ZEROS_AT == 44 && CHECKSUM_AT == 4092, "the byte table of the shard header");
    }

    private ShardHeaderFormat() {}

    /** Writes the header into the first bytes of the buffer; position and limit do not move. */
    static void write(DataId id, int shard, long length, ByteBuffer buffer) {
        buffer.putLong(MAGIC_AT, MAGIC);
        buffer.putInt(VERSION_AT, VERSION);
        buffer.putInt(BLOCK_AT, BlockFormat.DATA_BYTES);
        buffer.putLong(PROCESS_AT, id.process());
        buffer.putLong(SEQUENCE_AT, id.sequence());
        buffer.putInt(SHARD_AT, shard);
        buffer.putLong(LENGTH_AT, length);
        for (int at = ZEROS_AT; at < CHECKSUM_AT; at += Integer.BYTES) {
            buffer.putInt(at, 0);
        }
        buffer.putInt(CHECKSUM_AT, checksum(buffer));
    }

    /**
     * The length of the shard.
     *
     * @throws CorruptException if the bytes are no header, or that of another shard
     * @throws FormatTooNewException if a later release wrote it
     */
    static long read(DataId id, int shard, ByteBuffer buffer, String file) throws IOException {
        expect(file, MAGIC_AT, "the header of a finished shard file", MAGIC, buffer.getLong(MAGIC_AT));
        expect(file, CHECKSUM_AT, "checksum", checksum(buffer), buffer.getInt(CHECKSUM_AT));
        int version = buffer.getInt(VERSION_AT);
        if (version > VERSION) {
            throw new FormatTooNewException(file, version, VERSION);
        }
        expect(file, VERSION_AT, "version", VERSION, version);
        expect(file, BLOCK_AT, "block size", BlockFormat.DATA_BYTES, buffer.getInt(BLOCK_AT));
        expect(file, PROCESS_AT, "process of " + id, id.process(), buffer.getLong(PROCESS_AT));
        expect(file, SEQUENCE_AT, "sequence of " + id, id.sequence(), buffer.getLong(SEQUENCE_AT));
        expect(file, SHARD_AT, "shard", shard, buffer.getInt(SHARD_AT));
        long length = buffer.getLong(LENGTH_AT);
        if (length < 0) {
            throw new CorruptException(file, LENGTH_AT, "a length", Long.toString(length));
        }
        return length;
    }

    private static int checksum(ByteBuffer buffer) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(0, CHECKSUM_AT));
        return (int) crc.getValue();
    }

    private static void expect(String file, int offset, String what, long expected, long found)
            throws CorruptException {
        if (expected != found) {
            throw new CorruptException(file, offset, what + " " + Long.toHexString(expected), Long.toHexString(found));
        }
    }
}
