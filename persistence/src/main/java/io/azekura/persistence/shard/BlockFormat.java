package io.azekura.persistence.shard;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.DataId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a shard in checksummed blocks, the same in a shard file and inline in the log.
 *
 * <pre>
 * Blocks → Block…
 * Block    i32    CRC32C
 *          bytes  16,384, fewer only in the last block, never none
 * </pre>
 *
 * <p>The checksum of a block covers its identity, then its bytes. The identity is data id (2 × i64), shard (i32) and
 * number of the block (i64), big-endian: a block of another shard, or at another place, fails like a damaged one. The
 * length of the shard is not part of it; whatever holds the blocks tells it. Blocks are as small as the smallest read
 * that must be cheap, and large enough for checksums to cost next to nothing in space (0.02 %) and time.
 *
 * <p>Version 1: the first; it is that of the header or record in front of the blocks.
 */
final class BlockFormat {
    /** Bytes of the shard in a full block. */
    static final int DATA_BYTES = 16 * 1024;

    static final int CHECKSUM_BYTES = Integer.BYTES;

    /** Distance from one full block to the next. */
    static final int BLOCK_BYTES = CHECKSUM_BYTES + DATA_BYTES;

    private static final int NUMBER_AT = Long.BYTES + Long.BYTES + Integer.BYTES;

    private final byte[] identity = new byte[NUMBER_AT + Long.BYTES];
    private final ByteBuffer identityFields = ByteBuffer.wrap(identity);
    private final CRC32C crc = new CRC32C();

    /** For the blocks of one shard. One thread at a time. */
    BlockFormat(DataId id, int shard) {
        identityFields.putLong(id.process()).putLong(id.sequence()).putInt(shard);
    }

    /** The checksum of the remaining bytes of the buffer, which are consumed, as the block of this number. */
    int checksum(long number, ByteBuffer data) {
        identityFields.putLong(NUMBER_AT, number);
        crc.reset();
        crc.update(identity);
        crc.update(data);
        return (int) crc.getValue();
    }

    /** How many bytes the blocks of a shard of this length take. */
    static long encodedLength(long length) {
        Check.argument(length >= 0, "negative length");
        long blocks = (length + DATA_BYTES - 1) / DATA_BYTES;
        return length + blocks * CHECKSUM_BYTES;
    }

    /** The length of the shard whose blocks take this many bytes, or -1 when those of no shard do. */
    static long decodedLength(long encodedLength) {
        long rest = encodedLength % BLOCK_BYTES;
        if (encodedLength < 0 || (rest > 0 && rest <= CHECKSUM_BYTES)) {
            return -1;
        }
        return encodedLength / BLOCK_BYTES * DATA_BYTES + (rest == 0 ? 0 : rest - CHECKSUM_BYTES);
    }
}
