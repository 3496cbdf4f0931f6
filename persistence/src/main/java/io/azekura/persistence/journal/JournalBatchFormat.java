package io.azekura.persistence.journal;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link JournalBatch} as the value of its register.
 *
 * <pre>
 * JournalBatch → Version, Writer, First, PreviousFirst, Events
 * Version        u8       1
 * Writer         2 × i64  incarnation of the entity that wrote it
 * First          varint   sequence number of the first event
 * PreviousFirst  varint   that of the batch before, 0 for none
 * Events         varint   count from 1 to 1,000, then for each:
 *                i64      microseconds since the epoch
 *                blob     payload
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class JournalBatchFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int BYTES_TYPICAL = 512;
    private static final String SOURCE = "journal batch";

    private JournalBatchFormat() {}

    public static Bytes encode(JournalBatch batch) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).i64(batch.writer().high()).i64(batch.writer().low());
        writer.varint(batch.first()).varint(batch.previousFirst());
        writer.varint(batch.events().size());
        for (JournalEvent event : batch.events()) {
            writer.i64(event.timeMicros()).blob(event.payload().array());
        }
        return Bytes.wrap(writer.toByteArray());
    }

    public static JournalBatch decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        WriterId id = new WriterId(reader.i64(), reader.i64());
        long first = reader.varint(Long.MAX_VALUE - JournalBatch.EVENTS_MAX);
        long previousFirst = reader.varint(Long.MAX_VALUE);
        if (!JournalBatch.isPrevious(previousFirst, first)) {
            throw reader.corrupt("the batch before the one from " + first, "one from " + previousFirst);
        }
        int count = reader.varint(JournalBatch.EVENTS_MAX);
        if (count == 0) {
            throw reader.corruptBefore(1, "an event", "none");
        }
        List<JournalEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new JournalEvent(reader.i64(), Bytes.wrap(reader.blob())));
        }
        reader.end();
        return new JournalBatch(id, first, previousFirst, events);
    }
}
