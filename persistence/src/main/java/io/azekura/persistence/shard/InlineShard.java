package io.azekura.persistence.shard;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.model.DataId;
import java.nio.ByteBuffer;

/**
 * A small shard as bytes inside something else, such as a record of the log: nothing but the blocks of
 * {@link BlockFormat}. The length of the shard follows from theirs.
 */
public final class InlineShard {
    private InlineShard() {}

    /** How many bytes {@link #encode} writes for a shard of this length. */
    public static int encodedLength(int length) {
        return Math.toIntExact(BlockFormat.encodedLength(length));
    }

    /** Appends the blocks of the remaining bytes of {@code data}, whose position does not move, to the target. */
    public static void encode(DataId id, int shard, ByteBuffer data, ByteBuffer target) {
        BlockFormat format = new BlockFormat(id, shard);
        ByteBuffer rest = data.duplicate();
        int end = rest.limit();
        for (long number = 0; rest.position() < end; number++) {
            int from = rest.position();
            rest.limit(Math.min(end, from + BlockFormat.DATA_BYTES));
            target.putInt(format.checksum(number, rest));
            target.put(rest.position(from));
            rest.limit(end);
        }
    }

    /** The blocks of the remaining bytes of {@code data}, whose position does not move. */
    public static ByteBuffer encode(DataId id, int shard, ByteBuffer data) {
        ByteBuffer target = ByteBuffer.allocate(encodedLength(data.remaining()));
        encode(id, shard, data, target);
        return target.flip();
    }

    /**
     * A reader of the shard whose blocks are the first {@code encodedLength} bytes of the source, which it closes.
     *
     * @throws CorruptException if the blocks of no shard have that length
     */
    public static Drive.ShardReader open(
            BlockSource source, int encodedLength, DataId id, int shard, AlignedBufferPool pool)
            throws CorruptException {
        Check.argument(encodedLength >= 0, "negative length");
        long length = BlockFormat.decodedLength(encodedLength);
        if (length < 0) {
            throw new CorruptException(
                    source.name(), source.origin(), "the blocks of an inline shard", encodedLength + " bytes");
        }
        return new BlockReader(source, 0, length, id, shard, pool);
    }
}
