package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.model.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * What every value of the index is wrapped in, because LevelDB was seen to answer a flipped bit with a wrong value.
 *
 * <pre>
 * Value → Version, Payload, Checksum
 * Version   u8     1
 * Payload   bytes
 * Checksum  i32    CRC32C
 * </pre>
 *
 * <p>The checksum covers the length of the index key in four bytes, the key, the version and the payload: a value that
 * turns up under another key fails like one with a flipped bit, at no cost in space.
 *
 * <p>Version 1: the first.
 */
final class IndexEnvelope {
    static final int VERSION = 1;

    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int OVERHEAD_BYTES = 1 + CHECKSUM_BYTES;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private IndexEnvelope() {}

    static byte[] seal(byte[] key, byte[] payload) {
        byte[] value = new byte[payload.length + OVERHEAD_BYTES];
        value[0] = VERSION;
        System.arraycopy(payload, 0, value, 1, payload.length);
        INT.set(value, value.length - CHECKSUM_BYTES, checksum(key, value));
        return value;
    }

    /** A reader of the payload; {@code index} names the index in error messages. */
    static ByteReader open(byte[] key, byte[] value, String index) throws CorruptException, FormatTooNewException {
        if (value.length < OVERHEAD_BYTES) {
            throw new CorruptException(
                    where(index, key), 0, "at least " + OVERHEAD_BYTES + " bytes", value.length + " bytes");
        }
        int stored = (int) INT.get(value, value.length - CHECKSUM_BYTES);
        int computed = checksum(key, value);
        if (stored != computed) {
            throw new CorruptException(
                    where(index, key),
                    value.length - CHECKSUM_BYTES,
                    "checksum " + Integer.toHexString(computed),
                    Integer.toHexString(stored));
        }
        ByteReader reader = new ByteReader(value, 0, value.length - CHECKSUM_BYTES, index);
        reader.version(VERSION);
        return reader;
    }

    private static String where(String index, byte[] key) {
        return index + ", value of the key of " + Bytes.wrap(key) + ",";
    }

    private static int checksum(byte[] key, byte[] value) {
        byte[] length = new byte[Integer.BYTES];
        INT.set(length, 0, key.length);
        CRC32C crc = new CRC32C();
        crc.update(length);
        crc.update(key);
        crc.update(value, 0, value.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }
}
