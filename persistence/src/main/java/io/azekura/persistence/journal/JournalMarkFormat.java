package io.azekura.persistence.journal;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;

/**
 * A {@link JournalMark} as the value of its register.
 *
 * <pre>
 * JournalMark → Version, DeletedTo, Fence, FenceFirst
 * Version     u8      1
 * DeletedTo   varint  last deleted sequence number
 * Fence       varint  last number of the last batch that is deleted as a whole
 * FenceFirst  varint  first number of that batch, or 0
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class JournalMarkFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 32;
    private static final String SOURCE = "journal mark";

    private JournalMarkFormat() {}

    public static Bytes encode(JournalMark mark) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).varint(mark.deletedTo()).varint(mark.fence()).varint(mark.fenceFirst());
        return Bytes.wrap(writer.toByteArray());
    }

    public static JournalMark decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        long deletedTo = reader.varint(Long.MAX_VALUE);
        long fence = reader.varint(Long.MAX_VALUE);
        long fenceFirst = reader.varint(Long.MAX_VALUE);
        reader.end();
        if (!JournalMark.isValid(deletedTo, fence, fenceFirst)) {
            throw reader.corruptBefore(0, "a mark", deletedTo + ", " + fence + ", " + fenceFirst);
        }
        return new JournalMark(deletedTo, fence, fenceFirst);
    }
}
