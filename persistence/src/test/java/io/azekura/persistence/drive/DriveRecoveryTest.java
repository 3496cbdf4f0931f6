package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.accept;
import static io.azekura.persistence.drive.Samples.await;
import static io.azekura.persistence.drive.Samples.ballot;
import static io.azekura.persistence.drive.Samples.bytes;
import static io.azekura.persistence.drive.Samples.data;
import static io.azekura.persistence.drive.Samples.key;
import static io.azekura.persistence.drive.Samples.live;
import static io.azekura.persistence.drive.Samples.prepare;
import static io.azekura.persistence.drive.Samples.sharded;
import static io.azekura.persistence.drive.Samples.tombstone;
import static io.azekura.persistence.drive.Samples.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.log.FailingDisk;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a drive is after crashes, damage and failing disks. */
class DriveRecoveryTest {
    private static final Bytes BODY = bytes(1, 3000);
    private static final Bytes SMALL = bytes(2, 100_000);
    private static final Bytes LARGE = bytes(3, 300_000);

    @TempDir
    Path temporary;

    private DriveDirectory directory;

    @BeforeEach
    void format() throws IOException {
        directory = DriveDirectory.create(temporary.resolve("drive"));
    }

    /** One key of every kind, a fence, and something staged. */
    private static void fill(DriveEngine drive) throws IOException {
        accept(drive, key("whole"), ballot(1), live(whole(data(1), BODY), 1), BODY);
        drive.settle(key("whole"), ballot(1));
        await(drive.stage(data(2), 0, SMALL.buffer()));
        accept(drive, key("small"), ballot(2), live(sharded(data(2), List.of(0, 1, 2, 3)), 2), null);
        Samples.write(drive, data(3), 0, LARGE);
        accept(drive, key("large"), ballot(3), live(sharded(data(3), List.of(0, 1, 2, 3)), 3), null);
        drive.settle(key("large"), ballot(3));
        accept(drive, key("gone"), ballot(4), tombstone(4), null);
        await(drive.stage(data(5), 0, SMALL.buffer()));
        await(drive.fence(77, 3, true));
    }

    private static void requireFilled(DriveEngine drive) throws IOException {
        assertEquals(new Found(new Row(ballot(1), live(whole(data(1), BODY), 1)), ballot(1)), drive.read(key("whole")));
        assertEquals(BODY, drive.readWhole(key("whole"), data(1)));
        try (Drive.ShardReader small = drive.open(key("small"), data(2), 0);
                Drive.ShardReader large = drive.open(key("large"), data(3), 0)) {
            assertEquals(SMALL, Samples.read(small, 0, SMALL.length()));
            assertEquals(LARGE, Samples.read(large, 0, LARGE.length()));
        }
        assertEquals(new Found(new Row(ballot(4), tombstone(4)), Ballot.ZERO), drive.read(key("gone")));
        Refused refused = assertInstanceOf(Refused.class, prepare(drive, key("new"), ballot(5)));
        Ballot next = new Ballot(refused.greatest().counter() + 1, 1);
        State staged = live(sharded(data(5), List.of(0, 1, 2, 3)), 5);
        assertInstanceOf(Accepted.class, accept(drive, key("new"), next, staged, null));
        State fenced = tombstone(6);
        var other = new io.azekura.persistence.register.RegisterKey(77, Bytes.utf8("x"));
        assertEquals(new Fenced(3, true), accept(drive, other, next, fenced, null));
    }

    @Test
    void aCleanRestartKeepsEverything() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
        }
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive);
        }
    }

    @Test
    void aKillKeepsEverythingThatWasAnswered() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
            directory = directory.crash(temporary.resolve("copy"));
        }
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive);
        }
    }

    @Test
    void aMissingIndexIsRebuilt() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
        }
        delete(directory.path().resolve(DriveRecovery.INDEX));
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive);
        }
    }

    @Test
    void anIndexFullOfGarbageIsSetAsideAndRebuilt() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
        }
        for (int i = 0; i < 2; i++) {
            try (Stream<Path> files = Files.list(directory.path().resolve(DriveRecovery.INDEX))) {
                for (Path file : files.toList()) {
                    Files.write(file, bytes(i, 5000).array());
                }
            }
            DriveDirectory copy = directory.crash(temporary.resolve("copy" + i));
            try (DriveEngine drive = copy.open()) {
                requireFilled(drive);
            }
            assertTrue(Files.isDirectory(copy.path().resolve("index.damaged")));
            directory = copy;
        }
    }

    @Test
    void aTornLastCommitIsForgottenAndTheRestKept() throws IOException {
        Path segment = directory.path().resolve("log").resolve("segment-0000000000000000.log");
        long before;
        try (DriveEngine drive = directory.open()) {
            fill(drive);
            DriveDirectory copy = directory.crash(temporary.resolve("copy"));
            before = endOfLog(copy.path().resolve("log"));
            accept(
                    drive,
                    key("last"),
                    ballot(9),
                    live(whole(data(9), SMALL.slice(0, 16_000)), 9),
                    SMALL.slice(0, 16_000));
            // The index as it was before the last commit, the log with a part of it.
            byte[] after = Files.readAllBytes(segment);
            java.util.Arrays.fill(after, (int) before + 8192, after.length, (byte) 0);
            Files.write(copy.path().resolve("log").resolve("segment-0000000000000000.log"), after);
            directory = copy;
        }
        try (DriveEngine drive = directory.open()) {
            assertInstanceOf(io.azekura.persistence.register.Messages.Nothing.class, drive.read(key("last")));
            requireFilled(drive);
        }
    }

    @Test
    void aLogThatLostWhatTheIndexHasSeenIsNotMounted() throws IOException {
        Path segment = directory.path().resolve("log").resolve("segment-0000000000000000.log");
        byte[] early;
        try (DriveEngine drive = directory.open()) {
            fill(drive);
            early = Files.readAllBytes(segment);
            accept(drive, key("last"), ballot(9), tombstone(9), null);
        }
        Files.write(segment, early);
        assertThrows(CorruptException.class, () -> directory.open());
        assertThrows(CorruptException.class, () -> directory.open());
    }

    @Test
    void aDamagedLogIsNotMountedEvenWithoutAnIndex() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
        }
        Path segment = directory.path().resolve("log").resolve("segment-0000000000000000.log");
        byte[] log = Files.readAllBytes(segment);
        log[4096 + 70] ^= 1;
        Files.write(segment, log);
        delete(directory.path().resolve(DriveRecovery.INDEX));
        assertThrows(CorruptException.class, () -> directory.open());
    }

    @Test
    void aMissingLogIsNotMounted() throws IOException {
        directory.open().close();
        delete(directory.path().resolve("log"));
        assertThrows(IOException.class, () -> directory.open());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void afterAFailedSyncNothingIsAccepted(int seed) throws IOException {
        FailingDisk disk = new FailingDisk();
        try (DriveEngine drive = directory.open(disk, 0)) {
            fill(drive);
            disk.failSyncs(true);
            Random random = new Random(seed);
            List<java.util.concurrent.CompletionStage<?>> stages = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Ballot ballot = new Ballot(100 + i, 1);
                if (random.nextBoolean()) {
                    stages.add(drive.accept(new io.azekura.persistence.register.Messages.Accept(
                            key("k" + random.nextInt(10)), ballot, tombstone(i), 0, null)));
                } else {
                    stages.add(drive.prepare(new io.azekura.persistence.register.Messages.Prepare(
                            key("k" + random.nextInt(10)), ballot)));
                }
            }
            for (var stage : stages) {
                Object reply = await(stage);
                assertTrue(!(reply instanceof Accepted), "accepted without a sync");
                if (reply instanceof Promised promised) {
                    assertEquals(null, promised.row(), "a promise shows a row that is not durable");
                }
            }
            disk.failSyncs(false);
            assertInstanceOf(Unknown.class, accept(drive, key("x"), new Ballot(500, 1), tombstone(1), null));
            assertInstanceOf(Unknown.class, prepare(drive, key("x"), new Ballot(500, 1)));
            assertInstanceOf(Unknown.class, drive.read(key("whole")));
            assertThrows(DriveFaultException.class, () -> drive.readWhole(key("whole"), data(1)));
            assertThrows(DriveFaultException.class, () -> drive.create(data(8), 0, 10));
            CompletionException failed = assertThrows(
                    CompletionException.class, () -> await(drive.stage(data(8), 0, ByteBuffer.allocate(1))));
            assertInstanceOf(DriveFaultException.class, failed.getCause());
            assertEquals(DriveStatus.Condition.FAULTY, drive.status().condition());
            assertEquals(1, directory.faults().size());
        }
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive);
        }
    }

    @Test
    void aDamagedBodyIsAnErrorAndNotTheDrivesEnd() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive);
            Path segment = directory.path().resolve("log").resolve("segment-0000000000000000.log");
            byte[] log = Files.readAllBytes(segment);
            flip(segment, indexOf(log, BODY.slice(1000, 1100)));
            flip(segment, indexOf(log, SMALL.slice(50_000, 50_100)));
            flip(shardFile(), 24_000);
            assertThrows(CorruptException.class, () -> drive.readWhole(key("whole"), data(1)));
            try (Drive.ShardReader small = drive.open(key("small"), data(2), 0);
                    Drive.ShardReader large = drive.open(key("large"), data(3), 0)) {
                assertEquals(SMALL.slice(0, 1000), Samples.read(small, 0, 1000));
                assertThrows(CorruptException.class, () -> Samples.read(small, 49_000, 2000));
                assertThrows(CorruptException.class, () -> Samples.read(large, 19_000, 2000));
            }
            assertEquals(DriveStatus.Condition.ONLINE, drive.status().condition());
        }
    }

    @Test
    void aDirectoryThatVanishedOrWasOverwrittenMakesTheDriveFaulty() throws IOException {
        for (boolean isDeleted : new boolean[] {true, false}) {
            directory = DriveDirectory.create(temporary.resolve("victim" + isDeleted));
            Path segment = directory.path().resolve("log").resolve("segment-0000000000000000.log");
            try (DriveEngine drive = directory.open()) {
                fill(drive);
                drive.verifyIdentity();
                assertEquals(DriveStatus.Condition.ONLINE, drive.status().condition());
                if (isDeleted) {
                    delete(directory.path());
                } else {
                    Files.write(segment, bytes(1, 10_000).array());
                }
                drive.verifyIdentity();
                assertEquals(DriveStatus.Condition.FAULTY, drive.status().condition());
                assertInstanceOf(Unknown.class, drive.read(key("whole")));
                assertEquals(1, directory.faults().size());
            } catch (IOException closing) {
                assertTrue(isDeleted, "closing fails only when there is nothing left to close");
            }
        }
    }

    private Path shardFile() throws IOException {
        try (Stream<Path> files = Files.walk(directory.path().resolve(DriveRecovery.SHARDS))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    private static int indexOf(byte[] haystack, Bytes needle) {
        int at = Bytes.wrap(haystack).indexOf(needle, 0);
        assertTrue(at > 0, "the bytes are not in the log");
        return at;
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[at] ^ 1)}), at);
        }
    }

    /** Where the zeros begin behind the last batch of a log with one used segment. */
    private static long endOfLog(Path log) throws IOException {
        byte[] bytes = Files.readAllBytes(log.resolve("segment-0000000000000000.log"));
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return (end + 4095L) / 4096 * 4096;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
