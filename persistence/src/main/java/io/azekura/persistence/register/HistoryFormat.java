package io.azekura.persistence.register;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;

/**
 * A {@link History} inside something that carries version and checksum.
 *
 * <pre>
 * History → Count, Sum
 * Count  varint   older versions
 * Sum    2 × i64  sum of the digests of their records; absent when there are none
 * </pre>
 */
public final class HistoryFormat {
    private HistoryFormat() {}

    public static void write(History history, ByteWriter writer) {
        writer.varint(history.count());
        if (history.count() > 0) {
            writer.i64(history.high()).i64(history.low());
        }
    }

    public static History read(ByteReader reader) throws CorruptException {
        long count = reader.varint(Long.MAX_VALUE);
        return count == 0 ? History.EMPTY : new History(count, reader.i64(), reader.i64());
    }
}
