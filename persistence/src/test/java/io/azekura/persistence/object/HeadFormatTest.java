package io.azekura.persistence.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.ClosedUpload.Completed;
import io.azekura.persistence.object.Head.NullVersion;
import io.azekura.persistence.object.Head.Older;
import io.azekura.persistence.object.OutboxEntry.Kind;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.StateDigest;
import io.azekura.persistence.register.VersionEdit;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadFormatTest {
    private static final VersionId NEW = new VersionId(1_700_000_000_000_002L, -7);
    private static final VersionId OLD = new VersionId(1_700_000_000_000_001L, 7);
    private static final UploadId UPLOAD = new UploadId(-1, 2);
    private static final Manifest MANIFEST = new Manifest(
            UPLOAD,
            List.of(new Manifest.Part(1, new DataId(5, 1), 300), new Manifest.Part(9, new DataId(5, 2), 70_000)));
    private static final Version COMPLETED =
            new Version(NEW, false, false, 70_300, "abc-2", Bytes.utf8("record"), MANIFEST);
    private static final Version PLAIN =
            new Version(NEW, true, false, 5, "5d41402abc4b2a76b9719d911017c592", Bytes.utf8("record"), null);
    private static final Head FULL = new Head(
            COMPLETED,
            new Older(1000, new NullVersion(OLD, new StateDigest(3, -4), 900, UPLOAD)),
            List.of(new UploadId(1, 1), new UploadId(-2, 1)),
            List.of(
                    new ClosedUpload(new UploadId(4, 4), null),
                    new ClosedUpload(UPLOAD, new Completed("abc-2", NEW, false))),
            List.of(
                    new OutboxEntry(new ChangeId(8, 1), Kind.REPLICATE, NEW, null, Bytes.utf8("payload")),
                    new OutboxEntry(new ChangeId(8, 1), Kind.NOTIFY, NEW, null, Bytes.EMPTY),
                    OutboxEntry.reclaim(new ChangeId(8, 2), UPLOAD, NEW),
                    OutboxEntry.reclaim(new ChangeId(8, 3), UPLOAD, null)));

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Golden.assertSame("object-head-v1.bin", HeadFormat.encode(FULL).array());
        assertEquals(FULL, HeadFormat.decode(Bytes.wrap(Golden.read("object-head-v1.bin"))));
        Golden.assertSame(
                "object-version-v1.bin", VersionFormat.encode(COMPLETED).array());
        PartRecord part = new PartRecord(300, "abc", Bytes.utf8("record"));
        Golden.assertSame("part-record-v1.bin", PartRecordFormat.encode(part).array());
        assertEquals(part, PartRecordFormat.decode(Bytes.wrap(Golden.read("part-record-v1.bin"))));
    }

    @Test
    void everyHeadComesBack() throws Exception {
        Version marker = Version.marker(NEW, true);
        for (Version current : Arrays.asList(null, PLAIN, COMPLETED, marker)) {
            Head head = new Head(current, Older.NONE, List.of(), List.of(), List.of());
            assertEquals(head, HeadFormat.decode(HeadFormat.encode(head)));
        }
    }

    @Test
    void headOfAPlainObjectIsLittleMoreThanItsRecord() {
        Head head = new Head(PLAIN, Older.NONE, List.of(), List.of(), List.of());
        assertEquals(
                2 + 16 + 1 + 1 + 16 + 1,
                HeadFormat.encode(head).length() - PLAIN.record().length());
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = HeadFormat.encode(FULL).array();
        for (int length = 0; length < bytes.length; length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(bytes, length));
            assertThrows(CorruptException.class, () -> HeadFormat.decode(cut));
        }
    }

    @Test
    void anyReplacedByteEndsInAnotherHeadOrACheckedFailure() {
        byte[] bytes = HeadFormat.encode(FULL).array();
        int refused = 0;
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < bytes.length; at++) {
                byte[] damaged = bytes.clone();
                damaged[at] = (byte) value;
                try {
                    Head head = HeadFormat.decode(Bytes.wrap(damaged));
                    assertEquals(Bytes.wrap(damaged), HeadFormat.encode(head), "one encoding for one head");
                } catch (IOException e) {
                    refused++;
                }
            }
        }
        assertTrue(refused > 5000, "refused " + refused);
    }

    @Test
    void newerVersionIsNotTakenForDamage() {
        byte[] bytes = HeadFormat.encode(FULL).array();
        bytes[0]++;
        assertThrows(FormatTooNewException.class, () -> HeadFormat.decode(Bytes.wrap(bytes)));
    }

    @Test
    void versionUnderAnotherIdIsRefused() throws Exception {
        Bytes value = VersionFormat.encode(COMPLETED);
        assertEquals(COMPLETED, VersionFormat.decode(new VersionEdit.Add(NEW.bytes(), value, Content.NONE)));
        VersionEdit.Add misplaced = new VersionEdit.Add(OLD.bytes(), value, Content.NONE);
        assertThrows(CorruptException.class, () -> VersionFormat.decode(misplaced));
    }

    @Test
    void newerVersionsComeFirst() {
        assertTrue(NEW.compareTo(OLD) < 0);
        assertTrue(NEW.bytes().compareTo(OLD.bytes()) < 0);
        assertTrue(new VersionId(1, 1).compareTo(new VersionId(1, -1)) < 0);
        assertTrue(new VersionId(1, 1).bytes().compareTo(new VersionId(1, -1).bytes()) < 0);
        assertEquals(
                NEW.toString(), java.util.HexFormat.of().formatHex(NEW.bytes().array()));
    }

    @Test
    void partKeysComeBackAndLieTogether() throws Exception {
        RegisterKey object = new RegisterKey(0x5508, Bytes.utf8("a/key"));
        PartKey part = new PartKey(object, UPLOAD, 10_000, new DataId(-1, 3));
        RegisterKey key = part.encode();
        assertEquals(0x5509, key.space());
        assertEquals(part, PartKey.decode(key));
        assertTrue(key.key().startsWith(PartKey.prefix(object, UPLOAD)));
        assertEquals(0, PartKey.prefix(object, UPLOAD).indexOf(Bytes.wrap(new byte[] {0, 5, 'a'}), 0));
        assertThrows(CorruptException.class, () -> PartKey.decode(new RegisterKey(0x5508, key.key())));
        Bytes cut = key.key().slice(0, key.key().length() - 1);
        assertThrows(CorruptException.class, () -> PartKey.decode(new RegisterKey(0x5509, cut)));
        RegisterKey longest = new RegisterKey(8, Bytes.wrap(new byte[1024]));
        assertTrue(
                new PartKey(longest, UPLOAD, 1, new DataId(1, 1)).encode().key().length() <= RegisterKey.KEY_BYTES_MAX);
    }
}
