package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogRecordFormatTest {
    private static final Bytes BODY = Bytes.utf8("no nails");

    private static final List<LogRecord> SAMPLES = List.of(
            new LogRecord.Accept(
                    Samples.key("a/b"),
                    3,
                    new Row(new Ballot(300, 7), Samples.live(Samples.whole(Samples.data(1), BODY), 1)),
                    List.of(),
                    BODY),
            new LogRecord.Accept(
                    Samples.key("c"), 0, new Row(new Ballot(1, -1), Samples.tombstone(2)), List.of(2, 5), null),
            new LogRecord.Settle(Samples.key("a/b"), new Ballot(300, 7)),
            new LogRecord.Stage(Samples.data(2), 5),
            new LogRecord.Announce(Samples.data(3), 254),
            new LogRecord.Discard(Samples.data(4), 0),
            new LogRecord.Bound(1L << 40),
            new LogRecord.FenceSpace(-5, new Fence(9, true)),
            new LogRecord.Image(
                    Samples.key("a/b"),
                    new Ballot(300, 7),
                    new History(1, 2, 3),
                    List.of(
                            new LogRecord.ImageRow(
                                    new Row(new Ballot(300, 7), Samples.live(Samples.whole(Samples.data(1), BODY), 1)),
                                    List.of(),
                                    List.of(),
                                    BODY),
                            new LogRecord.ImageRow(
                                    new Row(
                                            new Ballot(301, 7),
                                            Samples.live(Samples.sharded(Samples.data(2), List.of(0, 1, 2, 3)), 2)),
                                    List.of(4),
                                    List.of(0, 1),
                                    null))),
            new LogRecord.Carry(Samples.data(2), 4, true),
            new LogRecord.Trim(1L << 33));

    @Test
    void everyRecordIsDecodedToWhatWasEncoded() throws IOException {
        for (LogRecord sample : SAMPLES) {
            byte[] encoded = LogRecordFormat.encode(sample);
            assertEquals(
                    sample, LogRecordFormat.decode(LogRecordFormat.type(sample), ByteBuffer.wrap(encoded), "test"));
        }
    }

    @Test
    void theBytesAreThoseOfVersion1() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (LogRecord sample : SAMPLES) {
            lines.append(LogRecordFormat.type(sample))
                    .append(' ')
                    .append(HexFormat.of().formatHex(LogRecordFormat.encode(sample)))
                    .append('\n');
        }
        try (InputStream golden = LogRecordFormatTest.class.getResourceAsStream("/golden/log-records-v1.golden")) {
            assertNotNull(golden, "golden file missing; it would be:\n" + lines);
            assertEquals(new String(golden.readAllBytes(), StandardCharsets.US_ASCII), lines.toString());
        }
    }

    @Test
    void aRecordCutShortIsCorrupt() {
        for (LogRecord sample : SAMPLES) {
            byte[] encoded = LogRecordFormat.encode(sample);
            boolean hasBody = sample instanceof LogRecord.Accept accept && accept.body() != null;
            int least = hasBody ? encoded.length - BODY.length() : encoded.length;
            for (int length = 0; length < least; length++) {
                ByteBuffer cut = ByteBuffer.wrap(encoded, 0, length);
                assertThrows(
                        CorruptException.class,
                        () -> LogRecordFormat.decode(LogRecordFormat.type(sample), cut, "test"));
            }
        }
    }

    @Test
    void aLaterVersionAndAnUnknownTypeAreRefused() {
        byte[] encoded = LogRecordFormat.encode(new LogRecord.Bound(1));
        assertThrows(CorruptException.class, () -> LogRecordFormat.decode((byte) 99, ByteBuffer.wrap(encoded), "test"));
        byte[] later = encoded.clone();
        later[0] = 2;
        assertThrows(
                FormatTooNewException.class,
                () -> LogRecordFormat.decode(LogRecordFormat.BOUND, ByteBuffer.wrap(later), "test"));
    }
}
