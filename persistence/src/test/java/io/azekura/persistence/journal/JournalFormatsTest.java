package io.azekura.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JournalFormatsTest {
    private static final JournalBatch BATCH = new JournalBatch(
            new WriterId(0x1122334455667788L, -2),
            300,
            298,
            List.of(
                    new JournalEvent(1_700_000_000_123_456L, Bytes.utf8("created")),
                    new JournalEvent(1_700_000_000_123_457L, Bytes.EMPTY)));
    private static final JournalMark MARK = new JournalMark(300, 299, 298);
    private static final Snapshots.Snapshot SNAPSHOT =
            new Snapshots.Snapshot(300, 1_700_000_000_123_456L, Bytes.utf8("state"));
    private static final List<JournalKey> KEYS = List.of(
            JournalKey.mark("bucket|ä"), JournalKey.batch("bucket|ä", 258), JournalKey.snapshot("bucket|ä", 258));

    private interface Decoder {
        Object decode(Bytes bytes) throws IOException;
    }

    private static final Map<String, Decoder> DECODERS = Map.of(
            "journal-batch-v1.bin", JournalBatchFormat::decode,
            "journal-mark-v1.bin", JournalMarkFormat::decode,
            "snapshot-v1.bin", SnapshotFormat::decode);
    private static final Map<String, Bytes> ENCODED = Map.of(
            "journal-batch-v1.bin", JournalBatchFormat.encode(BATCH),
            "journal-mark-v1.bin", JournalMarkFormat.encode(MARK),
            "snapshot-v1.bin", SnapshotFormat.encode(SNAPSHOT));

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        for (Map.Entry<String, Bytes> one : ENCODED.entrySet()) {
            Golden.assertSame(one.getKey(), one.getValue().array());
        }
        assertEquals(BATCH, JournalBatchFormat.decode(Bytes.wrap(Golden.read("journal-batch-v1.bin"))));
        assertEquals(MARK, JournalMarkFormat.decode(Bytes.wrap(Golden.read("journal-mark-v1.bin"))));
        assertEquals(SNAPSHOT, SnapshotFormat.decode(Bytes.wrap(Golden.read("snapshot-v1.bin"))));
    }

    @Test
    void keysAreThoseOfVersionOne() throws Exception {
        for (JournalKey key : KEYS) {
            String name = "journal-key-" + key.kind().name().toLowerCase(java.util.Locale.ROOT) + "-v1.bin";
            Golden.assertSame(name, key.encode().array());
            assertEquals(key, JournalKey.decode(Bytes.wrap(Golden.read(name))));
        }
    }

    @Test
    void everyTruncationIsRefusedAndNothingElseIsThrownForAnyReplacedByte() {
        ENCODED.forEach((name, bytes) -> {
            Decoder decoder = DECODERS.getOrDefault(name, any -> any);
            for (int length = 0; length < bytes.length(); length++) {
                Bytes cut = bytes.slice(0, length);
                assertThrows(IOException.class, () -> decoder.decode(cut), name + " of " + length);
            }
            for (int at = 0; at < bytes.length() * 256; at++) {
                byte[] damaged = bytes.array().clone();
                damaged[at / 256] = (byte) at;
                decodes(decoder, Bytes.wrap(damaged));
            }
        });
    }

    @Test
    void newerVersionsAreNotTakenForDamage() {
        ENCODED.forEach((name, bytes) -> {
            byte[] newer = bytes.array().clone();
            newer[0]++;
            Decoder decoder = DECODERS.getOrDefault(name, any -> any);
            assertThrows(FormatTooNewException.class, () -> decoder.decode(Bytes.wrap(newer)), name);
        });
    }

    @Property(tries = 300)
    void everyKeyComesBackAndIsPlacedByItsIdAlone(@ForAll String any, @ForAll long number) throws Exception {
        String id =
                Bytes.utf8("p" + any.substring(0, Math.min(any.length(), 300))).utf8();
        long sequence = Math.max(1, number & Long.MAX_VALUE);
        for (JournalKey key :
                List.of(JournalKey.mark(id), JournalKey.batch(id, sequence), JournalKey.snapshot(id, sequence))) {
            Bytes bytes = key.encode();
            assertEquals(key, JournalKey.decode(bytes));
            assertEquals(JournalKey.prefix(id), JournalKey.placement(bytes));
            assertTrue(bytes.startsWith(JournalKey.prefix(id)));
        }
    }

    @Property(tries = 1000)
    void hostileKeysEndInCorruptExceptionOnly(@ForAll byte[] nonsense) {
        decodes(JournalKey::decode, Bytes.wrap(nonsense));
    }

    @Test
    void keysOfAnEntityAreOrderedMarkThenBatchesThenSnapshotsFromTheLatest() {
        List<Bytes> ordered = new ArrayList<>();
        ordered.add(JournalKey.mark("p").encode());
        for (long sequence : new long[] {1, 2, 255, 256, Long.MAX_VALUE - 1000}) {
            ordered.add(JournalKey.batch("p", sequence).encode());
        }
        for (long sequence : new long[] {Long.MAX_VALUE, 256, 255, 1, 0}) {
            ordered.add(JournalKey.snapshot("p", sequence).encode());
        }
        List<Bytes> sorted = new ArrayList<>(ordered);
        Collections.shuffle(sorted, new java.util.Random(1));
        Collections.sort(sorted);
        assertEquals(ordered, sorted);
    }

    @Test
    void theLongestIdHasRoomAndALongerOneHasNot() {
        String longest = "x".repeat(JournalKey.PERSISTENCE_ID_BYTES_MAX);
        assertTrue(JournalKey.snapshot(longest, 1).encode().length() <= RegisterKey.KEY_BYTES_MAX);
        assertThrows(IllegalArgumentException.class, () -> JournalKey.batch(longest + "x", 1));
        assertThrows(IllegalArgumentException.class, () -> JournalKey.batch("", 1));
        assertThrows(IllegalArgumentException.class, () -> JournalKey.batch("\uD800", 1)
                .encode());
    }

    @Test
    void marksOfDrivesRiseOnlyAndRefuseCreationsOnly() throws Exception {
        DeletionMarks marks = new DeletionMarks();
        marks.raise("p", 10);
        marks.raise("p", 4);
        assertEquals(10, marks.fence("p"));
        assertTrue(marks.refuses(JournalKey.batch("p", 10).register()));
        assertEquals(false, marks.refuses(JournalKey.batch("p", 11).register()));
        assertEquals(false, marks.refuses(JournalKey.batch("q", 1).register()));
        assertEquals(false, marks.refuses(JournalKey.mark("p").register()));
        assertEquals(false, marks.refuses(JournalKey.snapshot("p", 1).register()));
        assertEquals(
                false, marks.refuses(new RegisterKey(7, JournalKey.batch("p", 1).encode())));
        assertTrue(DeletionMarks.mayCollect(JournalKey.batch("p", 10), List.of(10L, 11L, 12L)));
        assertEquals(false, DeletionMarks.mayCollect(JournalKey.batch("p", 10), List.of(10L, 9L, 12L)));
        assertEquals(false, DeletionMarks.mayCollect(JournalKey.batch("p", 10), List.of()));
        assertEquals(false, DeletionMarks.mayCollect(JournalKey.mark("p"), List.of(10L)));
    }

    private static void decodes(Decoder decoder, Bytes bytes) {
        try {
            assertTrue(decoder.decode(bytes) != null);
        } catch (CorruptException | FormatTooNewException expected) {
            assertTrue(expected.getMessage() != null);
        } catch (IOException other) {
            throw new AssertionError(Arrays.toString(bytes.array()), other);
        }
    }
}
