package io.azekura.persistence.journal;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;

/**
 * Names a register of an entity in the space {@link RegisterKey#JOURNAL}.
 *
 * <pre>
 * JournalKey → Length, PersistenceId, (Mark | Batch | Snapshot)
 * Length         u16     bytes of the persistence id, 1 to 1,189
 * PersistenceId  UTF-8
 * Mark           i64     0
 * Batch          i64     first sequence number of the batch, positive
 * Snapshot       u8      0x80, above the first byte of every sequence number
 *                i64     2^63 - 1 - sequence number, so that the latest comes first
 * </pre>
 *
 * <p>The length in front keeps the registers of one entity together and apart from those of all others. They are placed
 * by {@link #placement} alone, so that they are on one stripe set and recovery is one ordered scan there.
 */
public record JournalKey(String persistenceId, Kind kind, long sequence) {
    /** Longest persistence id in UTF-8: what a register's key has room for. */
    public static final int PERSISTENCE_ID_BYTES_MAX = RegisterKey.KEY_BYTES_MAX - 2 - 1 - Long.BYTES;

    private static final int SNAPSHOT_TAG = 0x80;
    private static final String SOURCE = "journal key";

    /** What a register of an entity holds. */
    public enum Kind {
        /** How far events were deleted: {@link JournalMark}. */
        MARK,
        /** One atomic batch of events: {@link JournalBatch}. */
        BATCH,
        /** One snapshot. */
        SNAPSHOT
    }

    public JournalKey {
        int length = Bytes.utf8(persistenceId).length();
        Check.argument(length >= 1 && length <= PERSISTENCE_ID_BYTES_MAX, "persistence id of " + length + " bytes");
        Check.argument(
                kind == Kind.MARK ? sequence == 0 : kind == Kind.BATCH ? sequence > 0 : sequence >= 0,
                kind + " with sequence number " + sequence);
    }

    public static JournalKey mark(String persistenceId) {
        return new JournalKey(persistenceId, Kind.MARK, 0);
    }

    public static JournalKey batch(String persistenceId, long first) {
        return new JournalKey(persistenceId, Kind.BATCH, first);
    }

    public static JournalKey snapshot(String persistenceId, long sequence) {
        return new JournalKey(persistenceId, Kind.SNAPSHOT, sequence);
    }

    /** What the keys of all registers of the entity, and of no other, begin with. */
    public static Bytes prefix(String persistenceId) {
        return placement(mark(persistenceId).encode());
    }

    /** The part of an encoded key that decides where its register is: all but kind and sequence number. */
    public static Bytes placement(Bytes key) {
        Check.argument(key.length() >= 2, "a journal key of " + key.length() + " bytes");
        int length = ((key.at(0) & 0xFF) << 8) | (key.at(1) & 0xFF);
        Check.argument(key.length() > 2 + length, "a journal key cut short");
        return key.slice(0, 2 + length);
    }

    public RegisterKey register() {
        return new RegisterKey(RegisterKey.JOURNAL, encode());
    }

    public Bytes encode() {
        byte[] id = Bytes.utf8(persistenceId).array();
        Check.argument(Bytes.wrap(id).utf8().equals(persistenceId), "persistence id that is not Unicode");
        ByteWriter writer = new ByteWriter(2 + id.length + 1 + Long.BYTES);
        writer.u8(id.length >> 8).u8(id.length & 0xFF).bytes(id);
        if (kind == Kind.SNAPSHOT) {
            writer.u8(SNAPSHOT_TAG).i64(Long.MAX_VALUE - sequence);
        } else {
            writer.i64(sequence);
        }
        return Bytes.wrap(writer.toByteArray());
    }

    public static JournalKey decode(Bytes key) throws CorruptException {
        ByteReader reader = new ByteReader(key.array(), SOURCE);
        int length = (reader.u8() << 8) | reader.u8();
        Bytes id = Bytes.wrap(reader.bytes(length));
        if (length == 0
                || length > PERSISTENCE_ID_BYTES_MAX
                || !Bytes.utf8(id.utf8()).equals(id)) {
            throw reader.corruptBefore(length, "a persistence id in UTF-8", length + " other bytes");
        }
        boolean isSnapshot = reader.remaining() == 1 + Long.BYTES;
        if (isSnapshot && reader.u8() != SNAPSHOT_TAG) {
            throw reader.corruptBefore(1, "the tag of a snapshot", "another");
        }
        long number = reader.i64();
        reader.end();
        if (number < 0) {
            throw reader.corruptBefore(Long.BYTES, "a sequence number", Long.toString(number));
        }
        if (isSnapshot) {
            return snapshot(id.utf8(), Long.MAX_VALUE - number);
        }
        return number == 0 ? mark(id.utf8()) : batch(id.utf8(), number);
    }
}
