package io.azekura.persistence.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.layout.ErasureShape;
import io.azekura.persistence.layout.Layout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuperblockTest {
    private static final List<DriveId> DRIVES = List.of(drive(1), drive(2));
    private static final Layout LAYOUT = new Layout(1, DRIVES, new ErasureShape(1, 1));
    private static final UUID CLUSTER = new UUID(0xAAAA_BBBB_CCCC_DDDDL, 7);
    private static final DriveSuperblock MEMBER = new DriveSuperblock(
            CLUSTER, DRIVES.get(1), 1, 300, 1_700_000_000_000_000L, DriveSuperblock.Role.MEMBER, LAYOUT);
    private static final DriveSuperblock REPLACEMENT = new DriveSuperblock(
            CLUSTER, drive(9), 0, 1, 1_700_000_000_000_000L, DriveSuperblock.Role.REPLACEMENT, LAYOUT);

    @TempDir
    Path directory;

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Golden.assertSame("superblock-member-v1.bin", SuperblockFormat.encode(MEMBER));
        assertEquals(MEMBER, SuperblockFormat.decode(Golden.read("superblock-member-v1.bin"), "golden"));
        Golden.assertSame("superblock-replacement-v1.bin", SuperblockFormat.encode(REPLACEMENT));
        assertEquals(REPLACEMENT, SuperblockFormat.decode(Golden.read("superblock-replacement-v1.bin"), "golden"));
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsRefused() {
        byte[] sound = SuperblockFormat.encode(MEMBER);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(CorruptException.class, () -> SuperblockFormat.decode(damaged, "test"), "bit " + bit);
        }
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThrows(CorruptException.class, () -> SuperblockFormat.decode(cut, "test"), "length " + length);
        }
    }

    @Test
    void eitherCopyWillDo() throws Exception {
        for (String lost : List.of(SuperblockFiles.FILE, SuperblockFiles.COPY)) {
            SuperblockFiles.write(directory, MEMBER);
            Files.write(directory.resolve(lost), new byte[] {1, 2, 3});
            assertEquals(MEMBER, SuperblockFiles.read(directory));
            Files.delete(directory.resolve(lost));
            assertEquals(MEMBER, SuperblockFiles.read(directory));
            assertTrue(SuperblockFiles.exist(directory));
        }
    }

    @Test
    void newerOfTwoCopiesCounts() throws Exception {
        SuperblockFiles.write(directory, MEMBER);
        Files.write(directory.resolve(SuperblockFiles.FILE), SuperblockFormat.encode(MEMBER.booted()));
        assertEquals(301, SuperblockFiles.read(directory).boots());
        SuperblockFiles.write(directory, MEMBER);
        Files.write(directory.resolve(SuperblockFiles.COPY), SuperblockFormat.encode(MEMBER.booted()));
        assertEquals(301, SuperblockFiles.read(directory).boots());
    }

    @Test
    void copiesOfDifferentDrivesAreDamage() throws Exception {
        SuperblockFiles.write(directory, MEMBER);
        Files.write(directory.resolve(SuperblockFiles.COPY), SuperblockFormat.encode(REPLACEMENT));
        assertThrows(CorruptException.class, () -> SuperblockFiles.read(directory));
    }

    @Test
    void damageIsToldFromAbsence() throws Exception {
        assertThrows(NoSuchFileException.class, () -> SuperblockFiles.read(directory));
        assertFalse(SuperblockFiles.exist(directory));
        Files.write(directory.resolve(SuperblockFiles.COPY), new byte[300]);
        CorruptException e = assertThrows(CorruptException.class, () -> SuperblockFiles.read(directory));
        assertTrue(String.valueOf(e.getMessage()).contains(SuperblockFiles.COPY));
    }

    @Test
    void laterReleaseIsToldFromDamageEvenWithAnOlderCopyBeside() throws Exception {
        SuperblockFiles.write(directory, MEMBER);
        Files.write(directory.resolve(SuperblockFiles.FILE), ofLaterRelease(MEMBER));
        assertThrows(FormatTooNewException.class, () -> SuperblockFiles.read(directory));
    }

    @Test
    void unfinishedFirstWriteIsRecognised() {
        assertTrue(SuperblockFiles.isUnfinished(directory.resolve("azekura.drive.new")));
        assertTrue(SuperblockFiles.isUnfinished(directory.resolve("azekura.drive.copy.new")));
        assertFalse(SuperblockFiles.isUnfinished(directory.resolve("mine.new")));
        assertFalse(SuperblockFiles.isUnfinished(directory.resolve("azekura.drive")));
    }

    static byte[] ofLaterRelease(DriveSuperblock superblock) {
        byte[] bytes = SuperblockFormat.encode(superblock);
        bytes[11] = SuperblockFormat.VERSION + 1;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }

    private static DriveId drive(long number) {
        return new DriveId(new UUID(0x1111_2222_3333_4444L, number));
    }
}
