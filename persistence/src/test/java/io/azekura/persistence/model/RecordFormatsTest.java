package io.azekura.persistence.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.Golden;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class RecordFormatsTest {
    private static final ObjectRecord OBJECT = new ObjectRecord(
            1_700_000_000_123_456L,
            5_000_000_000L,
            "d41d8cd98f00b204e9800998ecf8427e-3",
            Map.of("content-type", "text/plain; charset=utf-8", "cache-control", "no-store"),
            Map.of("owner", "Ämilie 東京"),
            List.of(
                    new Checksum(Checksum.Algorithm.CRC64NVME, Checksum.Type.FULL_OBJECT, "AAAAAAAAAAA="),
                    new Checksum(Checksum.Algorithm.SHA256, Checksum.Type.COMPOSITE, "abc=")));
    private static final BucketRecord BUCKET =
            new BucketRecord(new BucketName("photos.2026"), -5, 300, 1_700_000_000_000_000L, true);

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Golden.assertSame(
                "object-record-v1.bin", ObjectRecordFormat.encode(OBJECT).array());
        assertEquals(OBJECT, ObjectRecordFormat.decode(Bytes.wrap(Golden.read("object-record-v1.bin"))));
        Golden.assertSame(
                "bucket-record-v1.bin", BucketRecordFormat.encode(BUCKET).array());
        assertEquals(BUCKET, BucketRecordFormat.decode(Bytes.wrap(Golden.read("bucket-record-v1.bin"))));
    }

    @Property(tries = 300)
    void everyObjectRecordComesBack(
            @ForAll long time,
            @ForAll int size,
            @ForAll @Size(max = 8) @UniqueElements List<@AlphaChars String> names,
            @ForAll @AlphaChars String value)
            throws Exception {
        Map<String, String> texts = new java.util.TreeMap<>();
        names.forEach(name -> texts.put(name, value + name));
        ObjectRecord record = new ObjectRecord(time, size & 0xFFFFFFFFL, value, texts, texts, OBJECT.checksums());
        assertEquals(record, ObjectRecordFormat.decode(ObjectRecordFormat.encode(record)));
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] object = ObjectRecordFormat.encode(OBJECT).array();
        for (int length = 0; length < object.length; length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(object, length));
            assertThrows(IOException.class, () -> ObjectRecordFormat.decode(cut));
        }
        byte[] bucket = BucketRecordFormat.encode(BUCKET).array();
        for (int length = 0; length < bucket.length; length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(bucket, length));
            assertThrows(IOException.class, () -> BucketRecordFormat.decode(cut));
        }
    }

    @Test
    void anyReplacedByteEndsInARecordOrACheckedFailure() {
        byte[] object = ObjectRecordFormat.encode(OBJECT).array();
        byte[] bucket = BucketRecordFormat.encode(BUCKET).array();
        int refused = 0;
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < object.length; at++) {
                byte[] damaged = object.clone();
                damaged[at] = (byte) value;
                refused += refuses(() -> ObjectRecordFormat.decode(Bytes.wrap(damaged)));
            }
            for (int at = 0; at < bucket.length; at++) {
                byte[] damaged = bucket.clone();
                damaged[at] = (byte) value;
                refused += refuses(() -> BucketRecordFormat.decode(Bytes.wrap(damaged)));
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    @Test
    void newerVersionIsNotTakenForDamage() {
        byte[] object = ObjectRecordFormat.encode(OBJECT).array();
        object[0]++;
        assertThrows(FormatTooNewException.class, () -> ObjectRecordFormat.decode(Bytes.wrap(object)));
        byte[] bucket = BucketRecordFormat.encode(BUCKET).array();
        bucket[0]++;
        assertThrows(FormatTooNewException.class, () -> BucketRecordFormat.decode(Bytes.wrap(bucket)));
    }

    @Test
    void namesOutOfOrderAreRefused() {
        ObjectRecord record = new ObjectRecord(0, 0, "", Map.of("a", "", "b", ""), Map.of(), List.of());
        byte[] bytes = ObjectRecordFormat.encode(record).array();
        int a = Bytes.wrap(bytes).indexOf(Bytes.utf8("a"), 0);
        bytes[a] = 'c';
        assertThrows(CorruptException.class, () -> ObjectRecordFormat.decode(Bytes.wrap(bytes)));
    }

    private interface Decoding {
        Object decode() throws IOException;
    }

    private static int refuses(Decoding decoding) {
        try {
            return decoding.decode() == null ? 1 : 0;
        } catch (IOException e) {
            return 1;
        }
    }
}
