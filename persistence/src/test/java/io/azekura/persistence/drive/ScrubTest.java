package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.data;
import static io.azekura.persistence.drive.Samples.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Messages.Unknown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the scrub of a drive sees, in use and offline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScrubTest {
    private static final int PAYLOAD_AT = 4096 + 64 + 12;

    private DamageVictim victim;

    @BeforeAll
    void fill(@TempDir Path temporary) throws IOException {
        victim = DamageVictim.create(temporary);
    }

    @AfterEach
    void restore() throws IOException {
        victim.restore();
    }

    @Test
    void aSoundDriveIsCleanInUseAndOffline() throws IOException {
        try (DriveEngine drive = victim.open()) {
            ScrubReport report = drive.scrub();
            assertEquals(List.of(), report.damages());
            assertEquals(victim.objectCount(), report.slots());
            assertEquals(4, report.files());
            assertTrue(report.records() > victim.objectCount());
        }
        victim.restore();
        Map<Path, byte[]> before = victim.images();
        try (OfflineDrive drive = victim.offline()) {
            ScrubReport report = drive.verify(victim.scratch, SuperblockCheck.NONE);
            assertEquals(List.of(), report.damages());
            assertEquals(victim.objectCount(), report.slots());
        }
        Map<Path, byte[]> after = victim.images();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) ->
                assertEquals(ByteBuffer.wrap(bytes), ByteBuffer.wrap(after.get(file)), () -> "" + file));
    }

    @Test
    void aDamagedShardIsNamedByFileBlockAndKey() throws IOException {
        Path file = victim.shardFile(1_021);
        try (DriveEngine drive = victim.open()) {
            flip(file, 4096 + 2 * (16384 + 4) + 100);
            flip(file, 4096 + 5 * (16384 + 4) + 3);
            List<Damage> damages = drive.scrub().damages();
            assertEquals(2, damages.size(), damages::toString);
            Damage first = damages.get(0);
            assertEquals(Damage.Kind.SHARD, first.kind());
            assertEquals(file, first.file());
            assertEquals(4096 + 2 * (16384 + 4), first.offset());
            assertEquals(key("twin"), first.key());
            assertEquals(data(1_021), first.data());
        }
    }

    @Test
    void aDamagedRecordIsNamedByItsPlaceAndKey() throws IOException {
        byte[] log = Objects.requireNonNull(victim.files.get(victim.segment(0)));
        try (DriveEngine drive = victim.open()) {
            Bytes body = Samples.bytes(2_000, 9_000);
            int at = Bytes.wrap(log).indexOf(body, 0);
            flip(victim.segment(0), at + 50);
            List<Damage> damages = drive.scrub().damages();
            assertEquals(1, damages.size(), damages::toString);
            assertEquals(Damage.Kind.LOG_RECORD, damages.get(0).kind());
            assertEquals(key("filler 0"), damages.get(0).key());
            assertEquals(victim.segment(0), damages.get(0).file());
        }
    }

    @Test
    void theScrubGoesOnBehindABatchThatCannotBeRecognised() throws IOException {
        try (DriveEngine drive = victim.open()) {
            flip(victim.segment(0), 4096 + 3);
            flip(victim.segment(1), 9);
            List<Damage> damages = drive.scrub().damages();
            assertEquals(2, damages.size(), damages::toString);
            assertEquals(Damage.Kind.LOG, damages.get(0).kind());
            assertEquals(4096, damages.get(0).offset());
            assertTrue(damages.get(0).what().contains("batch 1"), damages.get(0)::what);
            assertEquals(0, damages.get(1).offset());
        }
    }

    @Test
    void bytesThatMeanNothingAreToldApart() throws IOException {
        flip(victim.segment(0), 1000);
        flip(victim.segment(0), 4096 + 62);
        flip(victim.shardFile(1_020), 8000);
        try (DriveEngine drive = victim.open()) {
            ScrubReport report = drive.scrub();
            assertEquals(3, report.damageCount(), report.damages()::toString);
            assertTrue(report.isSound());
            assertFalse(report.isClean());
        }
    }

    @Test
    void aShardFileThatNothingNamesIsToldAndAStagedOneIsNot() throws IOException {
        try (DriveEngine drive = victim.open()) {
            Path orphan = victim.shardFile(5_555);
            Files.copy(victim.shardFile(1_020), orphan);
            Drive.ShardWriter writer = drive.create(data(5_556), 0, 100);
            List<Damage> damages = drive.scrub().damages();
            writer.abort();
            assertEquals(1, damages.size(), damages::toString);
            assertEquals(Damage.Kind.ORPHAN, damages.get(0).kind());
            assertEquals(orphan, damages.get(0).file());
        }
    }

    @Test
    void aMissingShardFileAndAMissingSegmentAreTold() throws IOException {
        Files.delete(victim.shardFile(1_020));
        Files.delete(victim.segment(1));
        try (OfflineDrive drive = victim.offline()) {
            List<Damage> damages =
                    drive.verify(victim.scratch, SuperblockCheck.NONE).damages();
            assertTrue(damages.stream().anyMatch(damage -> damage.file().equals(victim.shardFile(1_020))));
            assertTrue(damages.stream()
                    .anyMatch(damage ->
                            damage.kind() == Damage.Kind.LOG && damage.file().equals(victim.segment(1))));
        }
    }

    @Test
    void aDamagedTableOfTheIndexIsTold() throws IOException {
        Path table = victim.files.keySet().stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .findFirst()
                .orElseThrow();
        try (DriveEngine drive = victim.open()) {
            flip(table, 500);
            List<Damage> damages = drive.scrub().damages();
            assertTrue(damages.stream()
                    .anyMatch(damage -> damage.kind() == Damage.Kind.INDEX_FILE
                            && damage.file().equals(table)));
        }
    }

    @Test
    void aKeyThatTheIndexLostIsFoundByComparingWithTheLog() throws IOException {
        try (DriveEngine drive = victim.open()) {
            assertNotNull(drive);
        }
        try (var index = io.azekura.persistence.index.DriveIndex.open(
                victim.directory.resolve("index"), DamageVictim.SETTINGS.index())) {
            index.write(new io.azekura.persistence.index.IndexBatch().removeSlot(key("filler 7")));
        }
        try (OfflineDrive drive = victim.offline()) {
            List<Damage> damages =
                    drive.verify(victim.scratch, SuperblockCheck.NONE).damages();
            assertEquals(2, damages.size(), damages::toString);
            assertTrue(damages.get(0).what().contains("slots in group"), "counted: " + damages);
            assertEquals(key("filler 7"), damages.get(1).key());
            assertEquals(victim.objectCount(), drive.rebuildIndex().slots());
            assertEquals(
                    List.of(),
                    drive.verify(victim.scratch, SuperblockCheck.NONE).damages());
        }
        try (DriveEngine drive = victim.open()) {
            assertEquals(DamageVictim.Answer.RIGHT, victim.ask(drive));
        }
    }

    @Test
    void aDriveInUseThatLacksAKeyDoubtsItsIndexOnceItIsScrubbed() throws IOException {
        try (DriveEngine drive = victim.open()) {
            assertNotNull(drive);
        }
        try (var index = io.azekura.persistence.index.DriveIndex.open(
                victim.directory.resolve("index"), DamageVictim.SETTINGS.index())) {
            index.write(new io.azekura.persistence.index.IndexBatch().removeSlot(key("filler 7")));
        }
        try (DriveEngine drive = victim.open()) {
            assertEquals(1, drive.scrub().damages().size());
            assertInstanceOf(Unknown.class, drive.read(key("filler 7")));
        }
        try (DriveEngine rebuilt = victim.open()) {
            assertEquals(DamageVictim.Answer.RIGHT, victim.ask(rebuilt));
        }
    }

    @Test
    void theIndexIsNotRebuiltFromALogThatIsDamagedInTheMiddle() throws IOException {
        flip(victim.segment(0), PAYLOAD_AT + 1);
        try (OfflineDrive drive = victim.offline()) {
            CorruptException refused = assertThrows(CorruptException.class, drive::rebuildIndex);
            assertTrue(String.valueOf(refused.getMessage()).contains("batch"), refused::toString);
        }
        assertFalse(Files.exists(victim.directory.resolve(DriveRecovery.DAMAGED_INDEX)));
    }

    @Test
    void aDriveInUseIsNotOpenedOffline() throws IOException {
        try (DriveEngine drive = victim.open()) {
            assertNotNull(drive);
            assertThrows(DriveFaultException.class, victim::offline);
        }
    }

    @Test
    void inspectionCountsWhatIsThere() throws IOException {
        try (OfflineDrive drive = victim.offline()) {
            DriveContents contents = drive.inspect();
            assertEquals(null, contents.logFault());
            assertEquals(4, contents.files());
            assertTrue(contents.records().getOrDefault("accepted rows", 0L) >= victim.objectCount());
            assertTrue(contents.segments() >= 2 && contents.hasIndex() && !contents.isIndexSetAside());
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void theBackgroundScrubFinishesAPassAndThenRests() throws Exception {
        ScrubSettings settings = new ScrubSettings(1L << 40, Duration.ofDays(1));
        try (DriveEngine drive = victim.open()) {
            flip(victim.shardFile(1_020), 4200);
            try (DriveScrubber scrubber = drive.scrub(settings, SuperblockCheck.NONE, () -> 1_000)) {
                while (scrubber.status().passesDone() == 0) {
                    Thread.onSpinWait();
                }
                assertEquals(1, scrubber.lastPass().damageCount());
                assertEquals(1, scrubber.status().damageCount());
            }
            try (DriveScrubber scrubber = drive.scrub(settings, SuperblockCheck.NONE, () -> 2_000)) {
                assertEquals(1, scrubber.status().passesDone());
                assertEquals("RESTING", scrubber.status().phase());
            }
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aScrubThatIsEndedGoesOnWhereItWas() throws Exception {
        ScrubSettings slow = new ScrubSettings(4L << 20, Duration.ZERO);
        try (DriveEngine drive = victim.open()) {
            DriveScrubber first = drive.scrub(slow, SuperblockCheck.NONE, () -> 1);
            while (first.status().bytes() < 1_150_000) {
                Thread.onSpinWait();
            }
            first.pause(true);
            first.close();
            ScrubPosition kept = ScrubPositionFormat.decode(
                    Files.readAllBytes(victim.directory.resolve(DriveScrubber.FILE)), "scrub");
            assertEquals(ScrubPosition.Phase.LOG, kept.phase());
            assertTrue(kept.log().segment() > 0 || kept.log().offset() > 500_000, kept::toString);
            assertEquals(0, kept.passesDone());
        }
    }

    @Test
    void theThrottleGivesEveryByteItsTimeAndSavesNoneUp() {
        assertEquals(2_000_000_000L, ScrubThrottle.due(1_000_000_000L, 500, 10, 10));
        assertEquals(6_000_000_000L, ScrubThrottle.due(1_000_000_000L, 5_000_000_000L, 10, 10));
        assertTrue(DriveScrubber.isResting(100, 150, 51));
        assertFalse(DriveScrubber.isResting(100, 150, 50));
        assertFalse(DriveScrubber.isResting(100, 50, 1000));
    }

    @Test
    void thePositionOfAScrubKeepsItsBytes() throws IOException {
        ScrubPosition position = new ScrubPosition(
                3,
                1_700_000_000_000_000L,
                ScrubPosition.Phase.ENTRIES,
                new SegmentScrub.Place(7, 8192, 99),
                Bytes.utf8("rkey"),
                200);
        byte[] encoded = ScrubPositionFormat.encode(position);
        Golden.assertSame("scrub-position-v1.bin", encoded);
        assertEquals(position, ScrubPositionFormat.decode(encoded, "scrub"));
        for (int i = 0; i < encoded.length; i++) {
            byte[] damaged = encoded.clone();
            damaged[i] ^= 4;
            assertThrows(IOException.class, () -> ScrubPositionFormat.decode(damaged, "scrub"));
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            channel.write(one, at);
        }
    }
}
