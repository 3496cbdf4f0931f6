package io.azekura.persistence.register;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import java.util.List;

/**
 * A {@link Row} as it is kept in the log and in the index.
 *
 * <pre>
 * Row → Version, Accepted, Edits, Digest, State
 * Version   u8        1
 * Accepted  varint    counter of the ballot that the state was accepted under
 *           i64       its process
 * Edits     {@link StateFormat}, from the older versions of the slot to those of the state
 * Digest    16 bytes  {@link StateDigest} of the state
 * State     the rest  {@link StateFormat}
 * </pre>
 *
 * <p>The digest covers the state and nothing else, because it is also what drives compare with each other; ballot and
 * version are covered by the checksum of whatever holds the row. A reader recomputes it, so a row never enters the
 * process with a state other than the one that was accepted.
 *
 * <p>Version 1: the first.
 */
public final class RowFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    /** What an ordinary row needs; a hint, not a limit. */
    private static final int BYTES_TYPICAL = 384;

    private RowFormat() {}

    public static byte[] encode(Row row) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        write(row, writer);
        return writer.toByteArray();
    }

    /** Appends the row; its length is not part of it. */
    public static void write(Row row, ByteWriter writer) {
        ByteWriter state = new ByteWriter(BYTES_TYPICAL);
        StateFormat.write(row.state(), state);
        StateDigest digest = StateDigest.ofEncoded(state.array(), 0, state.size());
        writer.u8(VERSION);
        StateFormat.writeBallot(row.accepted(), writer);
        StateFormat.writeEdits(row.edits(), writer);
        writer.i64(digest.high()).i64(digest.low()).bytes(state.array(), 0, state.size());
    }

    /** Decodes the whole array; {@code source} names it in error messages. */
    public static Row decode(byte[] bytes, String source) throws CorruptException, FormatTooNewException {
        return read(new ByteReader(bytes, source));
    }

    /** Decodes a row that takes all that the reader has left. */
    public static Row read(ByteReader reader) throws CorruptException, FormatTooNewException {
        reader.version(VERSION);
        Ballot accepted = StateFormat.readBallot(reader);
        List<VersionEdit> edits = StateFormat.readEdits(reader);
        StateDigest stored = new StateDigest(reader.i64(), reader.i64());
        int start = reader.position();
        StateDigest computed = StateDigest.ofEncoded(reader.array(), start, start + reader.remaining());
        if (!stored.equals(computed)) {
            throw reader.corrupt("a state with digest " + stored, "digest " + computed);
        }
        State state = StateFormat.read(reader);
        reader.end();
        return new Row(accepted, state, edits);
    }
}
