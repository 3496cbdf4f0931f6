package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;

/**
 * A {@link Census} inside something that carries a checksum, and one of its groups as the payload of an index value.
 *
 * <pre>
 * Census → Version, Count, Groups
 * Version  u8      1
 * Count    varint  groups that are not empty
 * Groups   by ascending number, for each:
 *   Number varint
 *   Group
 *
 * Group → Members, Hash
 * Members  varint  how many
 * Hash     i64     sum of their hashes
 * </pre>
 *
 * <p>A group whose members are all gone has the sum 0, as it never had any.
 *
 * <p>Version 1: the first.
 */
public final class CensusFormat {
    private static final int VERSION = 1;
    private static final int GROUP_BYTES_TYPICAL = 13;

    private CensusFormat() {}

    public static void write(Census census, ByteWriter writer) {
        int count = 0;
        for (int number = 0; number < Census.GROUPS; number++) {
            count += census.group(number).equals(Census.Group.EMPTY) ? 0 : 1;
        }
        writer.u8(VERSION).varint(count);
        for (int number = 0; number < Census.GROUPS; number++) {
            Census.Group group = census.group(number);
            if (!group.equals(Census.Group.EMPTY)) {
                writer.varint(number);
                write(group, writer);
            }
        }
    }

    public static Census read(ByteReader reader) throws CorruptException, FormatTooNewException {
        reader.version(VERSION);
        int count = reader.varint(Census.GROUPS);
        Census census = new Census();
        int last = -1;
        for (int i = 0; i < count; i++) {
            int number = reader.varint(Census.GROUPS - 1);
            if (number <= last) {
                throw reader.corrupt("a group behind " + last, "group " + number);
            }
            census.set(number, readGroup(reader));
            last = number;
        }
        return census;
    }

    static byte[] encode(Census.Group group) {
        ByteWriter writer = new ByteWriter(GROUP_BYTES_TYPICAL);
        write(group, writer);
        return writer.toByteArray();
    }

    private static void write(Census.Group group, ByteWriter writer) {
        writer.varint(group.count()).i64(group.hash());
    }

    static Census.Group decode(ByteReader reader) throws CorruptException {
        Census.Group group = readGroup(reader);
        reader.end();
        return group;
    }

    private static Census.Group readGroup(ByteReader reader) throws CorruptException {
        Census.Group group = new Census.Group(reader.varint(Long.MAX_VALUE), reader.i64());
        if (group.count() == 0 && group.hash() != 0) {
            throw reader.corruptBefore(Long.BYTES, "hash 0 of an empty group", Long.toHexString(group.hash()));
        }
        return group;
    }
}
