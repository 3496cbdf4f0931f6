package io.azekura.persistence.model;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An {@link ObjectRecord} as the value of an object's register.
 *
 * <pre>
 * ObjectRecord → Version, Time, Size, ETag, Headers, Metadata, Checksums
 * Version    u8      1
 * Time       i64     microseconds since the epoch
 * Size       varint  bytes
 * ETag       text
 * Headers    varint  count, then for each by ascending name: text name, text value
 * Metadata   varint  count, then for each by ascending name: text name, text value
 * Checksums  varint  count, then for each: u8 algorithm, u8 type, text Base64
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class ObjectRecordFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 192;
    private static final String SOURCE = "object record";

    private ObjectRecordFormat() {}

    public static Bytes encode(ObjectRecord record) {
        Check.argument(record.size() >= 0, "object of negative size");
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).i64(record.time()).varint(record.size()).text(record.etag());
        writeTexts(record.headers(), writer);
        writeTexts(record.metadata(), writer);
        writer.varint(record.checksums().size());
        for (Checksum one : record.checksums()) {
            writer.u8(one.algorithm().number()).u8(one.type().number()).text(one.base64());
        }
        return Bytes.wrap(writer.toByteArray());
    }

    public static ObjectRecord decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        long time = reader.i64();
        long size = reader.varint(Long.MAX_VALUE);
        String etag = reader.text();
        Map<String, String> headers = readTexts(reader);
        Map<String, String> metadata = readTexts(reader);
        int count = reader.varint(reader.remaining());
        List<Checksum> checksums = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            checksums.add(new Checksum(algorithm(reader), type(reader), reader.text()));
        }
        reader.end();
        return new ObjectRecord(time, size, etag, headers, metadata, checksums);
    }

    private static void writeTexts(Map<String, String> texts, ByteWriter writer) {
        writer.varint(texts.size());
        texts.forEach((name, value) -> writer.text(name).text(value));
    }

    private static Map<String, String> readTexts(ByteReader reader) throws CorruptException {
        int count = reader.varint(reader.remaining());
        TreeMap<String, String> texts = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = reader.text();
            if (!texts.isEmpty() && texts.lastKey().compareTo(name) >= 0) {
                throw reader.corrupt("a name after the one before", "an earlier one");
            }
            texts.put(name, reader.text());
        }
        return texts;
    }

    private static Checksum.Algorithm algorithm(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        for (Checksum.Algorithm algorithm : Checksum.Algorithm.values()) {
            if (algorithm.number() == number) {
                return algorithm;
            }
        }
        throw reader.corruptBefore(1, "the number of a checksum algorithm", Integer.toString(number));
    }

    private static Checksum.Type type(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        for (Checksum.Type type : Checksum.Type.values()) {
            if (type.number() == number) {
                return type;
            }
        }
        throw reader.corruptBefore(1, "the number of a checksum type", Integer.toString(number));
    }
}
