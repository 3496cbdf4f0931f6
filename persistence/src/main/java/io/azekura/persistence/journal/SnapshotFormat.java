package io.azekura.persistence.journal;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.journal.Snapshots.Snapshot;
import io.azekura.persistence.model.Bytes;

/**
 * A {@link Snapshot} as the value of its register.
 *
 * <pre>
 * Snapshot → Version, Sequence, Time, Payload
 * Version   u8      1
 * Sequence  varint  number of the last event that it contains
 * Time      i64     microseconds since the epoch
 * Payload   blob
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class SnapshotFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 1024;
    private static final String SOURCE = "snapshot";

    private SnapshotFormat() {}

    public static Bytes encode(Snapshot snapshot) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).varint(snapshot.sequence()).i64(snapshot.timeMicros());
        writer.blob(snapshot.payload().array());
        return Bytes.wrap(writer.toByteArray());
    }

    public static Snapshot decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        Snapshot snapshot = new Snapshot(reader.varint(Long.MAX_VALUE), reader.i64(), Bytes.wrap(reader.blob()));
        reader.end();
        return snapshot;
    }
}
