package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.nio.charset.StandardCharsets;

/**
 * The whole key space of a drive's index; LevelDB orders it as unsigned bytes from the left.
 *
 * <pre>
 * Census  'c'  u16 group of {@link Census}                 → a Group as in {@link CensusFormat}
 * Row     'r'  i64 space, key bytes                        → {@link StoredSlotFormat}
 * Staged  's'  i64 data id process, i64 sequence, u8 shard → a Location as in {@link StoredSlotFormat}
 * Pending 'u'  as Row                                      → nothing
 * Owner   'o'  as Staged                                   → i64 space, key bytes: of the row that a shard belongs to
 * Fence   'f'  i64 space                                   → varint configuration version, u8 closed
 * Meta    'm'  name in ASCII                               → by name
 * </pre>
 *
 * <p>Spaces and ids are big-endian, so rows of one space lie together in the order of {@link RegisterKey}, and the
 * staged shards of one data id lie together.
 */
final class IndexKey {
    static final byte ROW = 'r';
    static final byte STAGED = 's';
    static final byte UNSETTLED = 'u';
    static final byte OWNER = 'o';
    static final byte FENCE = 'f';
    static final byte META = 'm';
    static final byte CENSUS = 'c';

    private static final int ROW_PREFIX_BYTES = 1 + Long.BYTES;
    private static final String SOURCE = "index key";

    private IndexKey() {}

    static byte[] row(long space, Bytes key) {
        return new ByteWriter(ROW_PREFIX_BYTES + key.length())
                .u8(ROW)
                .i64(space)
                .bytes(key.array())
                .toByteArray();
    }

    static byte[] row(RegisterKey key) {
        return row(key.space(), key.key());
    }

    static byte[] unsettled(RegisterKey key) {
        byte[] unsettled = row(key);
        unsettled[0] = UNSETTLED;
        return unsettled;
    }

    static byte[] staged(DataId id, int shard) {
        return stagedPrefix(id).u8(shard).toByteArray();
    }

    static byte[] staged(DataId id) {
        return stagedPrefix(id).toByteArray();
    }

    static byte[] owner(DataId id, int shard) {
        byte[] owner = staged(id, shard);
        owner[0] = OWNER;
        return owner;
    }

    static byte[] fence(long space) {
        return new ByteWriter(1 + Long.BYTES).u8(FENCE).i64(space).toByteArray();
    }

    static byte[] census(int group) {
        return new byte[] {CENSUS, (byte) (group >> Byte.SIZE), (byte) group};
    }

    static int censusGroupOf(byte[] key) throws CorruptException {
        ByteReader reader = new ByteReader(key, SOURCE);
        reader.u8();
        int group = (reader.u8() << Byte.SIZE) | reader.u8();
        reader.end();
        if (group >= Census.GROUPS) {
            throw reader.corruptBefore(2, "a group below " + Census.GROUPS, String.valueOf(group));
        }
        return group;
    }

    static byte[] meta(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        return new ByteWriter(1 + ascii.length).u8(META).bytes(ascii).toByteArray();
    }

    static byte[] family(byte family) {
        return new byte[] {family};
    }

    /** The register key in a row's or an unsettled row's index key. */
    static RegisterKey rowOf(byte[] key) throws CorruptException {
        ByteReader reader = new ByteReader(key, SOURCE);
        reader.u8();
        long space = reader.i64();
        if (reader.remaining() > RegisterKey.KEY_BYTES_MAX) {
            throw reader.corrupt("a register key", reader.remaining() + " bytes");
        }
        return new RegisterKey(space, Bytes.wrap(reader.bytes(reader.remaining())));
    }

    static DataId stagedIdOf(byte[] key) throws CorruptException {
        ByteReader reader = new ByteReader(key, SOURCE);
        reader.u8();
        DataId id = new DataId(reader.i64(), reader.i64());
        reader.u8();
        reader.end();
        return id;
    }

    static long fenceSpaceOf(byte[] key) throws CorruptException {
        ByteReader reader = new ByteReader(key, SOURCE);
        reader.u8();
        long space = reader.i64();
        reader.end();
        return space;
    }

    private static ByteWriter stagedPrefix(DataId id) {
        return new ByteWriter(2 + 2 * Long.BYTES).u8(STAGED).i64(id.process()).i64(id.sequence());
    }
}
