package io.azekura.persistence.model;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;

/**
 * A {@link BucketRecord} as the value of a bucket's register.
 *
 * <pre>
 * BucketRecord → Version, Name, Incarnation, ConfigVersion, Created, Closing
 * Version        u8      1
 * Name           text    a valid bucket name
 * Incarnation    i64     not 0
 * ConfigVersion  varint
 * Created        i64     microseconds since the epoch
 * Closing        u8      0 or 1
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class BucketRecordFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 64;
    private static final String SOURCE = "bucket record";

    private BucketRecordFormat() {}

    public static Bytes encode(BucketRecord record) {
        Check.argument(record.incarnation() != 0, "no bucket has incarnation 0");
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).text(record.name().value()).i64(record.incarnation());
        writer.varint(record.configVersion()).i64(record.createdMicros()).u8(record.closing() ? 1 : 0);
        return Bytes.wrap(writer.toByteArray());
    }

    public static BucketRecord decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        String name = reader.text();
        if (!BucketName.isValid(name)) {
            throw reader.corrupt("a valid bucket name", "another text of " + name.length() + " characters");
        }
        long incarnation = reader.i64();
        if (incarnation == 0) {
            throw reader.corruptBefore(Long.BYTES, "the incarnation of a bucket", "0");
        }
        long configVersion = reader.varint();
        long createdMicros = reader.i64();
        boolean closing = reader.flag();
        reader.end();
        return new BucketRecord(new BucketName(name), incarnation, configVersion, createdMicros, closing);
    }
}
