package io.azekura.persistence.object;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;

/**
 * A {@link PartRecord} as the value of a part's register.
 *
 * <pre>
 * PartRecord → Version, Size, ETag, Record
 * Version  u8      1
 * Size     varint  bytes
 * ETag     text
 * Record   blob
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class PartRecordFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 64;
    private static final String SOURCE = "part record";

    private PartRecordFormat() {}

    public static Bytes encode(PartRecord part) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).varint(part.size()).text(part.etag());
        writer.blob(part.record().array());
        return Bytes.wrap(writer.toByteArray());
    }

    public static PartRecord decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        long size = reader.varint(Long.MAX_VALUE);
        String etag = reader.text();
        Bytes record = Bytes.wrap(reader.blob());
        reader.end();
        return new PartRecord(size, etag, record);
    }
}
