package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.register.RegisterKey;

/**
 * Names the register of one attempt to upload one part. It lies in the space of its bucket's parts and is placed by the
 * object's key, so that it is on the same stripe set as the object; all parts of an upload follow one another.
 *
 * <pre>
 * Space    the object's space with 1 in its low 3 bits instead of 0
 * Key    → u16      length of the object key, big-endian
 *          bytes    object key
 *          2 × i64  upload
 *          u16      part number; 0 for the record of the upload itself
 *          2 × i64  data id of the attempt: process, sequence
 * </pre>
 *
 * @param object the register of the object
 */
public record PartKey(RegisterKey object, UploadId upload, int number, DataId data) {
    /** The number under which the upload itself keeps what was said when it began. */
    public static final int UPLOAD_RECORD = 0;

    private static final long FAMILY_MASK = 7;
    private static final long FAMILY_OBJECTS = 0;
    private static final long FAMILY_PARTS = 1;

    private static final String SOURCE = "part key";

    public PartKey {
        Check.argument((object.space() & FAMILY_MASK) == FAMILY_OBJECTS, "not the space of objects");
        Check.argument(object.key().length() <= ObjectKey.BYTES_MAX, "object key too long");
        Check.argument(number >= 0 && number <= Manifest.PARTS_MAX, "part number " + number);
    }

    /** The space of the parts that belong to a space of objects. */
    public static long partsSpace(long objectsSpace) {
        return (objectsSpace & ~FAMILY_MASK) | FAMILY_PARTS;
    }

    /** The part of an encoded key that decides where its register is: the object's key. */
    public static Bytes placement(Bytes key) {
        Check.argument(key.length() >= 2, "a part key of " + key.length() + " bytes");
        int length = ((key.at(0) & 0xFF) << Byte.SIZE) | (key.at(1) & 0xFF);
        Check.argument(key.length() > 2 + length, "a part key cut short");
        return key.slice(2, 2 + length);
    }

    public RegisterKey encode() {
        ByteWriter writer = writePrefix(object.key(), upload);
        writeU16(number, writer);
        writer.i64(data.process()).i64(data.sequence());
        return new RegisterKey(partsSpace(object.space()), Bytes.wrap(writer.toByteArray()));
    }

    /** What the keys of all parts of an upload begin with, and no other key. */
    public static Bytes prefix(RegisterKey object, UploadId upload) {
        return Bytes.wrap(writePrefix(object.key(), upload).toByteArray());
    }

    public static PartKey decode(RegisterKey key) throws CorruptException {
        ByteReader reader = new ByteReader(key.key().array(), SOURCE);
        if ((key.space() & FAMILY_MASK) != FAMILY_PARTS) {
            throw reader.corrupt("the space of parts", Long.toHexString(key.space()));
        }
        int length = readU16(reader);
        if (length > ObjectKey.BYTES_MAX) {
            throw reader.corruptBefore(2, "the length of an object key", Integer.toString(length));
        }
        RegisterKey object = new RegisterKey(key.space() & ~FAMILY_MASK, Bytes.wrap(reader.bytes(length)));
        UploadId upload = new UploadId(reader.i64(), reader.i64());
        int number = readU16(reader);
        if (number > Manifest.PARTS_MAX) {
            throw reader.corruptBefore(2, "a part number", Integer.toString(number));
        }
        DataId data = new DataId(reader.i64(), reader.i64());
        reader.end();
        return new PartKey(object, upload, number, data);
    }

    private static ByteWriter writePrefix(Bytes key, UploadId upload) {
        ByteWriter writer = new ByteWriter(key.length() + 64);
        writeU16(key.length(), writer);
        writer.bytes(key.array()).i64(upload.high()).i64(upload.low());
        return writer;
    }

    private static void writeU16(int value, ByteWriter writer) {
        writer.u8(value >>> Byte.SIZE).u8(value & 0xFF);
    }

    private static int readU16(ByteReader reader) throws CorruptException {
        return (reader.u8() << Byte.SIZE) | reader.u8();
    }
}
