package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.accept;
import static io.azekura.persistence.drive.Samples.await;
import static io.azekura.persistence.drive.Samples.ballot;
import static io.azekura.persistence.drive.Samples.bytes;
import static io.azekura.persistence.drive.Samples.data;
import static io.azekura.persistence.drive.Samples.key;
import static io.azekura.persistence.drive.Samples.live;
import static io.azekura.persistence.drive.Samples.tombstone;
import static io.azekura.persistence.drive.Samples.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.RecordVisitor;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the log's censuses, the index's and the index agree, and what happens when they do not. */
class CensusRecoveryTest {
    private static final IndexSettings INDEX = DriveDirectory.settings(0).index();
    private static final int KEYS = 40;

    /** Above every bound of an earlier start. */
    private static final long FIRST = 1L << 32;

    @TempDir
    Path temporary;

    private DriveDirectory directory;

    @BeforeEach
    void format() throws IOException {
        directory = DriveDirectory.create(temporary.resolve("drive"));
    }

    /** Small rows, some settled. */
    private static void fill(DriveEngine drive, long from) {
        for (int i = 0; i < KEYS; i++) {
            Ballot ballot = ballot(from + i);
            accept(drive, key("k" + i), ballot, tombstone(from + i), null);
            if (i % 3 != 0) {
                drive.settle(key("k" + i), ballot);
            }
        }
        await(drive.fence(77, from, false));
    }

    private static void requireFilled(DriveEngine drive, long from) {
        for (int i = 0; i < KEYS; i++) {
            Found found = assertInstanceOf(Found.class, drive.read(key("k" + i)));
            assertEquals(ballot(from + i), found.row().accepted());
        }
    }

    private static boolean verify(DriveEngine drive) throws IOException {
        return drive.scrub().damages().isEmpty();
    }

    private Path index() {
        return directory.path().resolve(DriveRecovery.INDEX);
    }

    private boolean isInDoubt() {
        return Files.exists(directory.path().resolve(IndexGuard.DOUBT));
    }

    private boolean wasRebuilt() {
        return Files.exists(directory.path().resolve("index.damaged"));
    }

    private List<LogRecord.TakenCensus> censuses() throws IOException {
        List<LogRecord.TakenCensus> found = new ArrayList<>();
        DriveLog.inspect(directory.path().resolve("log"), DriveDirectory.ID.value(), new RecordVisitor() {
            @Override
            public void onRecord(byte type, ByteBuffer payload, LogPosition position) throws IOException {
                if (type == LogRecordFormat.TAKEN_CENSUS) {
                    found.add((LogRecord.TakenCensus) LogRecordFormat.decode(type, payload, "log"));
                }
            }

            @Override
            public void onBatchEnd(LogPoint end) {}
        });
        return found;
    }

    @Test
    void aTakenCensusIsDecodedToWhatWasEncodedInTheBytesOfVersionOne() throws IOException {
        Census census = new Census();
        census.replaceFence(1, null, new Fence(2, true));
        LogRecord.TakenCensus taken = new LogRecord.TakenCensus(300, 1L << 33, census);
        byte[] encoded = LogRecordFormat.encode(taken);
        assertEquals(taken, LogRecordFormat.decode(LogRecordFormat.type(taken), ByteBuffer.wrap(encoded), "test"));
        Golden.assertSame("log-census-v1.bin", encoded);
        for (int length = 0; length < encoded.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(encoded, 0, length);
            assertThrows(
                    CorruptException.class, () -> LogRecordFormat.decode(LogRecordFormat.TAKEN_CENSUS, cut, "test"));
        }
    }

    @Test
    void whileItIsUsedAndAfterEveryKindOfStopTheIndexAgreesWithItsCensus() throws IOException {
        for (int round = 1; round <= 4; round++) {
            try (DriveEngine drive = directory.open()) {
                assertTrue(verify(drive));
                fill(drive, round * FIRST);
                assertTrue(verify(drive));
                if (round % 2 == 0) {
                    directory = directory.crash(temporary.resolve("copy" + round));
                }
            }
        }
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive, 4 * FIRST);
            assertTrue(verify(drive));
        }
        assertFalse(wasRebuilt());
        assertEquals(List.of(), directory.faults());
    }

    @Test
    void anOrderlyStopEndsTheLogWithTheCensusOfTheIndex() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        LogRecord.TakenCensus last = censuses().get(censuses().size() - 1);
        try (DriveIndex index = DriveIndex.open(index(), INDEX)) {
            assertEquals(index.census(), last.census());
        }
        assertEquals(KEYS, last.census().slots());
        assertEquals(2, last.census().group(Census.REFUSALS).count());
    }

    @Test
    void anIndexThatLostARowButNotItsHonourIsFoundOutAtTheNextOpening() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        // As if LevelDB had lost the row together with the census of its group: both as they were never written.
        try (DriveIndex index = DriveIndex.open(index(), INDEX)) {
            Slot slot = Objects.requireNonNull(index.get(key("k5"))).slot();
            Census census = index.census();
            int group = census.replaceSlot(key("k5"), slot, null);
            index.write(new IndexBatch().removeSlot(key("k5")).putCensus(group, census.group(group)));
        }
        try (DriveEngine drive = directory.open()) {
            assertTrue(wasRebuilt());
            requireFilled(drive, FIRST);
            assertTrue(verify(drive));
        }
        assertFalse(isInDoubt());
    }

    @Test
    void anOlderIndexPutBackIsCaughtUpAndProved() throws IOException {
        directory.open().close();
        Path old = temporary.resolve("old");
        copy(index(), old);
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        delete(index());
        copy(old, index());
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive, FIRST);
            assertTrue(verify(drive));
        }
        assertFalse(wasRebuilt());
    }

    @Test
    void anIndexWithoutACensusIsRebuilt() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        try (DriveIndex index = DriveIndex.open(index(), INDEX)) {
            IndexBatch none = new IndexBatch();
            for (int group = 0; group < Census.GROUPS; group++) {
                none.putCensus(group, Census.Group.EMPTY);
            }
            index.write(none);
        }
        try (DriveEngine drive = directory.open()) {
            assertTrue(wasRebuilt());
            assertTrue(verify(drive));
        }
    }

    @Test
    void aRowLostWhileTheDriveServesPutsTheIndexInDoubtOnceItIsVerified() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        try (DriveIndex index = DriveIndex.open(index(), INDEX)) {
            index.write(new IndexBatch().removeSlot(key("k7")));
        }
        try (DriveEngine drive = directory.open()) {
            assertInstanceOf(Nothing.class, drive.read(key("k7")), "the loss is silent");
            assertFalse(verify(drive));
            requireUnknown(drive);
            assertTrue(isInDoubt());
            assertInstanceOf(IndexDoubtException.class, directory.faults().get(0));
        }
        try (DriveEngine drive = directory.open()) {
            assertTrue(wasRebuilt());
            assertFalse(isInDoubt());
            requireFilled(drive, FIRST);
            assertTrue(verify(drive));
        }
        assertEquals(1, directory.faults().size());
    }

    private static void requireUnknown(DriveEngine drive) {
        Unknown unknown = assertInstanceOf(Unknown.class, drive.read(key("k1")));
        assertTrue(unknown.toString().contains("in doubt"), unknown.toString());
        assertInstanceOf(Unknown.class, drive.read(key("never written")));
        assertInstanceOf(Unknown.class, accept(drive, key("k1"), ballot(999), tombstone(1), null));
        assertInstanceOf(Unknown.class, Samples.prepare(drive, key("k1"), ballot(999)));
        assertThrows(DriveFaultException.class, () -> drive.scan(Samples.SPACE, Bytes.EMPTY));
        assertThrows(DriveFaultException.class, () -> drive.readWhole(key("k1"), data(1)));
    }

    @Test
    void aTableDamagedWhileTheDriveServesIsNeverTakenForNothingAndIsRebuilt() throws IOException {
        for (int trial = 0; trial < 3; trial++) {
            directory = DriveDirectory.create(temporary.resolve("damaged" + trial));
            int keys = 400;
            try (DriveEngine drive = directory.open()) {
                for (int i = 0; i < keys; i++) {
                    accept(drive, key("key " + i), ballot(1 + i), live(whole(data(i), bytes(i, 9)), i), bytes(i, 9));
                }
            }
            try (DriveEngine drive = directory.open()) {
                damageTables(new Random(trial));
                int unknown = 0;
                for (int i = 0; i < keys; i++) {
                    Object read = drive.read(key("key " + i));
                    unknown += read instanceof Unknown ? 1 : 0;
                    assertFalse(read instanceof Nothing, "a row that is there was answered as not there");
                }
                assertTrue(unknown > 0, "no read met the damage");
                assertTrue(isInDoubt());
                requireUnknown(drive);
                directory = directory.crash(temporary.resolve("killed" + trial));
            }
            try (DriveEngine drive = directory.open()) {
                for (int i = 0; i < keys; i++) {
                    assertInstanceOf(Found.class, drive.read(key("key " + i)));
                    assertEquals(bytes(i, 9), drive.readWhole(key("key " + i), data(i)));
                }
                assertTrue(verify(drive));
            }
        }
    }

    /** In place, as a bad disk would: LevelDB has the files mapped. */
    private void damageTables(Random random) throws IOException {
        try (Stream<Path> files = Files.list(index())) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".sst")).toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    for (long at = 100; at < channel.size() - 1000; at += 2000) {
                        channel.write(ByteBuffer.wrap(new byte[] {(byte) random.nextInt()}), at);
                    }
                }
            }
        }
    }

    @Test
    void everySegmentTellsWhatTheDriveHadWhenItBeganAndARebuildComesToTheSame() throws IOException {
        Bytes body = bytes(5, 200_000);
        try (DriveEngine drive = directory.open()) {
            for (int i = 0; i < 120; i++) {
                RegisterKey key = key("k" + i % 50);
                await(drive.stage(data(i), 0, body.buffer()));
                accept(drive, key, ballot(1 + i), live(Samples.sharded(data(i), List.of(0, 1, 2, 3)), i), null);
                drive.settle(key, ballot(1 + i));
            }
        }
        assertTrue(censuses().size() >= 5, "one for each segment");
        directory.crash(temporary.resolve("kept"));
        new IndexGuard(directory.path()).doubt("a test");
        try (DriveEngine drive = directory.open()) {
            assertTrue(wasRebuilt());
            for (int i = 0; i < 50; i++) {
                assertInstanceOf(Found.class, drive.read(key("k" + i)));
            }
            assertTrue(verify(drive));
        }
    }

    @Test
    void aReplayThatComesToAnotherCensusThanTheLogRecordedIsRefusedAndTheGroupNamed() throws IOException {
        Census now = new Census();
        Slot slot = new Slot(ballot(1), List.of(new Row(ballot(1), tombstone(1))));
        CensusCheck check = new CensusCheck(now, false, "log");
        check.beginSegment(3, 10);
        int group = now.replaceSlot(key("a"), null, slot);
        check.beginSegment(4, 20);
        Census atBeginning = now.copy();
        now.replaceBound(0, 5);
        check.compare(new LogRecord.TakenCensus(3, 10, new Census()), 25);
        check.compare(new LogRecord.TakenCensus(3, 20, atBeginning), 25);
        check.compare(new LogRecord.TakenCensus(3, 25, now), 25);
        check.compare(new LogRecord.TakenCensus(2, 25, new Census()), 25);
        check.compare(new LogRecord.TakenCensus(3, 24, new Census()), 25);
        assertEquals(3, check.compared(), "older than what the log begins with, or of a batch in between");
        CorruptException other = assertThrows(
                CorruptException.class, () -> check.compare(new LogRecord.TakenCensus(3, 20, new Census()), 25));
        assertTrue(String.valueOf(other.getMessage()).contains("group " + group), other.getMessage());
    }

    @Test
    void soManyStartsThatWereKilledRebuildTheIndexAndFewerDoNot() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        for (int kill = 0; kill < IndexGuard.STARTS_MAX; kill++) {
            assertFalse(wasRebuilt());
            try (DriveEngine drive = directory.open()) {
                requireFilled(drive, FIRST);
                directory = directory.crash(temporary.resolve("killed" + kill));
            }
        }
        try (DriveEngine drive = directory.open()) {
            assertTrue(wasRebuilt());
            requireFilled(drive, FIRST);
        }
    }

    @Test
    void aRebuildCutShortLeavesTheOldIndexAndBeginsAnew() throws IOException {
        try (DriveEngine drive = directory.open()) {
            fill(drive, FIRST);
        }
        new IndexGuard(directory.path()).doubt("a test");
        Files.createDirectory(directory.path().resolve("index.new"));
        Files.write(
                directory.path().resolve("index.new").resolve("CURRENT"),
                bytes(1, 100).array());
        try (DriveEngine drive = directory.open()) {
            requireFilled(drive, FIRST);
            assertTrue(verify(drive));
        }
    }

    @Test
    void aClosedDriveIsNotVerified() {
        assertThrows(DriveFaultException.class, () -> {
            DriveEngine closed = directory.open();
            closed.close();
            verify(closed);
        });
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path one, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(one)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
