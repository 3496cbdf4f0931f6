package io.azekura.persistence.object;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.Manifest.Part;
import io.azekura.persistence.register.VersionEdit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Version} as the value of an older version's record; without the format byte it is part of {@link HeadFormat}.
 *
 * <pre>
 * Record   → Format, Version
 *   Format    u8       1
 * Version  → Id, Is, then unless it is a delete marker: Size, ETag, Record, Manifest
 *   Id        i64 time inverted, i64 tail
 *   Is        u8       1 null version + 2 delete marker + 4 completed upload + 8 ETag is an MD5
 *   Size      varint   bytes
 *   ETag      text; if it is 32 lower-case hexadecimal digits, the 16 bytes that they say
 *   Record    blob
 *   Manifest  of a completed upload only:
 *             2 × i64  upload
 *             varint   count from 1 to 10,000, then for each part by ascending number:
 *               varint   number
 *               2 × i64  data id: process, sequence
 *               varint   size
 * </pre>
 *
 * <p>Carries no checksum: the digest of the record or state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class VersionFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int NULL = 1;
    private static final int MARKER = 2;
    private static final int COMPLETED = 4;
    private static final int MD5 = 8;

    private static final int MD5_BYTES = 16;
    private static final Pattern MD5_TEXT = Pattern.compile("[0-9a-f]{32}");
    private static final int BYTES_TYPICAL = 256;
    private static final String SOURCE = "object version";

    private VersionFormat() {}

    /** What adds a version, with the bytes in {@code content}, to the older ones. */
    static Bytes encode(Version version) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION);
        write(version, writer);
        return Bytes.wrap(writer.toByteArray());
    }

    public static Version decode(VersionEdit.Add older) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(older.value().array(), SOURCE);
        reader.version(VERSION);
        Version version = read(reader);
        reader.end();
        if (!version.id().bytes().equals(older.id())) {
            throw reader.corrupt("the version " + older.id(), "the version " + version.id());
        }
        return version;
    }

    static void write(VersionId id, ByteWriter writer) {
        writer.i64(~id.timeMicros()).i64(id.tail());
    }

    static VersionId readId(ByteReader reader) throws CorruptException {
        long timeMicros = ~reader.i64();
        if (timeMicros < 0) {
            throw reader.corruptBefore(Long.BYTES, "an inverted time", "a time before the epoch");
        }
        return new VersionId(timeMicros, reader.i64());
    }

    static void write(Version version, ByteWriter writer) {
        boolean isMd5 = MD5_TEXT.matcher(version.etag()).matches();
        write(version.id(), writer);
        writer.u8((version.isNull() ? NULL : 0)
                | (version.isMarker() ? MARKER : 0)
                | (version.manifest() != null ? COMPLETED : 0)
                | (isMd5 ? MD5 : 0));
        if (version.isMarker()) {
            return;
        }
        writer.varint(version.size());
        if (isMd5) {
            writer.bytes(HexFormat.of().parseHex(version.etag()));
        } else {
            writer.text(version.etag());
        }
        writer.blob(version.record().array());
        if (version.manifest() != null) {
            write(version.manifest(), writer);
        }
    }

    static Version read(ByteReader reader) throws CorruptException {
        VersionId id = readId(reader);
        int is = reader.u8();
        boolean isMarker = (is & MARKER) != 0;
        if (is >= 2 * MD5 || (isMarker && is > (NULL | MARKER))) {
            throw reader.corruptBefore(1, "an object or a delete marker", Integer.toString(is));
        }
        if (isMarker) {
            return Version.marker(id, (is & NULL) != 0);
        }
        long size = reader.varint(Long.MAX_VALUE);
        String etag = (is & MD5) != 0 ? HexFormat.of().formatHex(reader.bytes(MD5_BYTES)) : readText(reader);
        Bytes record = Bytes.wrap(reader.blob());
        @Nullable Manifest manifest = (is & COMPLETED) != 0 ? readManifest(reader, size) : null;
        return new Version(id, (is & NULL) != 0, false, size, etag, record, manifest);
    }

    private static String readText(ByteReader reader) throws CorruptException {
        String etag = reader.text();
        if (MD5_TEXT.matcher(etag).matches()) {
            throw reader.corruptBefore(etag.length(), "an MD5 as its bytes", "its text");
        }
        return etag;
    }

    private static void write(Manifest manifest, ByteWriter writer) {
        writer.i64(manifest.upload().high()).i64(manifest.upload().low());
        writer.varint(manifest.parts().size());
        for (Part part : manifest.parts()) {
            writer.varint(part.number());
            writer.i64(part.data().process()).i64(part.data().sequence());
            writer.varint(part.size());
        }
    }

    private static Manifest readManifest(ByteReader reader, long size) throws CorruptException {
        UploadId upload = new UploadId(reader.i64(), reader.i64());
        int count = reader.varint(Manifest.PARTS_MAX);
        List<Part> parts = new ArrayList<>();
        int last = 0;
        long rest = size;
        for (int i = 0; i < count; i++) {
            int number = reader.varint(Manifest.PARTS_MAX);
            if (number <= last) {
                throw reader.corrupt("a part after part " + last, "part " + number);
            }
            last = number;
            DataId data = new DataId(reader.i64(), reader.i64());
            long bytes = reader.varint(rest);
            rest -= bytes;
            parts.add(new Part(number, data, bytes));
        }
        if (parts.isEmpty() || rest != 0) {
            throw reader.corrupt("parts of " + size + " bytes", count + " parts with " + rest + " bytes less");
        }
        return new Manifest(upload, parts);
    }
}
