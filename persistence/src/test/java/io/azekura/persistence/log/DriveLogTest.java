package io.azekura.persistence.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriveLogTest {
    private static final UUID DRIVE = new UUID(0x0123456789abcdefL, 0x1edcba9876543210L);
    private static final LogSettings SMALL = new LogSettings(256 * 1024, 64 * 1024, 2, 5, true);

    private final Random random = new Random(7);
    private final CollectingListener listener = new CollectingListener();

    @TempDir
    Path directory;

    private static LogSettings small(boolean direct) {
        return new LogSettings(
                SMALL.segmentBytes(),
                SMALL.batchBytesMax(),
                SMALL.pipelineBatchesMax(),
                SMALL.lazyDelayMillis(),
                direct);
    }

    private DriveLog open(LogSettings settings, LogPoint from, RecordVisitor visitor) throws IOException {
        return DriveLog.open(directory, DRIVE, settings, SegmentChannel.Opener.FILES, from, visitor);
    }

    private DriveLog fresh(LogSettings settings, SegmentChannel.Opener opener) throws IOException {
        DriveLog.create(directory, DRIVE, settings);
        DriveLog log = DriveLog.open(directory, DRIVE, settings, opener, LogPoint.START, new CollectedRecords());
        log.start(listener);
        return log;
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void committedRecordsAreReadBackAndReplayedInOrderOverManySegments(boolean direct) throws Exception {
        List<BytesEntry> entries = new ArrayList<>();
        List<CompletableFuture<LogPosition>> positions = new ArrayList<>();
        try (DriveLog log = fresh(small(direct), SegmentChannel.Opener.FILES)) {
            for (int i = 0; i < 200; i++) {
                BytesEntry entry = BytesEntry.random(random, random.nextInt(20_000));
                entries.add(entry);
                positions.add(listener.append(log, entry));
            }
            for (int i = 0; i < entries.size(); i++) {
                LogPosition position = await(positions.get(i));
                byte[] payload = entries.get(i).payload();
                assertEquals(
                        ByteBuffer.wrap(payload), log.readVerified(position).payload());
                ByteBuffer half = ByteBuffer.allocate(payload.length - payload.length / 2);
                log.read(position, payload.length / 2, half);
                assertEquals(
                        ByteBuffer.wrap(payload, payload.length / 2, payload.length - payload.length / 2), half.flip());
            }
            assertTrue(log.end().segment() > 2, "the log never rolled");
            assertEquals(200, log.committedRecords());
        }
        assertEquals(entries, listener.committedInOrder);
        CollectedRecords replayed = new CollectedRecords();
        open(small(direct), LogPoint.START, replayed).close();
        assertEquals(200, replayed.records.size());
        for (int i = 0; i < entries.size(); i++) {
            assertEquals(entries.get(i).type(), replayed.records.get(i).type());
            assertArrayEquals(
                    entries.get(i).payload(), replayed.records.get(i).payload().array());
            assertEquals(await(positions.get(i)), replayed.records.get(i).position());
        }
    }

    @Test
    void replayFromAPointShowsOnlyWhatFollowsIt() throws Exception {
        LogPoint between;
        BytesEntry late = BytesEntry.random(random, 100);
        try (DriveLog log = fresh(SMALL, SegmentChannel.Opener.FILES)) {
            await(listener.append(log, BytesEntry.random(random, 100)));
            between = log.end();
            await(listener.append(log, late));
        }
        CollectedRecords replayed = new CollectedRecords();
        try (DriveLog log = open(SMALL, between, replayed)) {
            assertEquals(1, replayed.records.size());
            assertArrayEquals(late.payload(), replayed.records.get(0).payload().array());
            assertEquals(replayed.end, log.end());
        }
    }

    @Test
    void aLazyRecordIsCommittedWithoutCompany() throws Exception {
        try (DriveLog log = fresh(SMALL, SegmentChannel.Opener.FILES)) {
            BytesEntry lazy = BytesEntry.random(random, 10);
            assertTrue(log.appendLazily(lazy));
            await(listener.outcome(lazy));
        }
    }

    @Test
    void closingCommitsWhatIsQueuedAndThenRefuses() throws Exception {
        DriveLog log = fresh(SMALL, SegmentChannel.Opener.FILES);
        BytesEntry lazy = BytesEntry.random(random, 10);
        assertTrue(log.appendLazily(lazy));
        log.close();
        assertTrue(listener.outcome(lazy).isDone());
        assertFalse(log.append(BytesEntry.random(random, 10)));
    }

    @Test
    void afterAFailedSyncEverythingFailsAndNothingIsWritten() throws Exception {
        FailingDisk disk = new FailingDisk();
        try (DriveLog log = fresh(SMALL, disk)) {
            BytesEntry before = BytesEntry.random(random, 10);
            await(listener.append(log, before));
            disk.failSyncs(true);
            CompletableFuture<LogPosition> failed = listener.append(log, BytesEntry.random(random, 10));
            ExecutionException failure = assertThrows(ExecutionException.class, () -> await(failed));
            disk.failSyncs(false);
            long written = disk.writes();
            CompletableFuture<LogPosition> later = listener.append(log, BytesEntry.random(random, 10));
            ExecutionException again = assertThrows(ExecutionException.class, () -> await(later));
            assertSame(failure.getCause(), again.getCause());
            assertSame(failure.getCause(), log.fault());
            assertEquals(written, disk.writes());
            assertEquals(1, log.commits());
        }
    }

    @Test
    void aListenerThatFailsMakesTheLogFaulty() throws Exception {
        DriveLog.create(directory, DRIVE, SMALL);
        IOException reason = new IOException("index broken");
        CollectingListener broken = new CollectingListener() {
            @Override
            public void onCommitted(List<CommittedEntry> batch, LogPoint end) throws IOException {
                throw reason;
            }
        };
        try (DriveLog log = open(SMALL, LogPoint.START, new CollectedRecords())) {
            log.start(broken);
            for (int i = 0; i < 3; i++) {
                CompletableFuture<LogPosition> outcome = broken.append(log, BytesEntry.random(random, 10));
                ExecutionException failed = assertThrows(ExecutionException.class, () -> await(outcome));
                assertSame(reason, failed.getCause());
            }
        }
    }

    @Test
    void recordsWaitingDuringACommitShareTheNextOne() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch syncing = new CountDownLatch(1);
        FailingDisk disk = new FailingDisk();
        try (DriveLog log = fresh(SMALL, disk)) {
            await(listener.append(log, BytesEntry.random(random, 10)));
            disk.beforeSync(() -> {
                syncing.countDown();
                gate.await();
            });
            CompletableFuture<LogPosition> first = listener.append(log, BytesEntry.random(random, 10));
            syncing.await();
            List<CompletableFuture<LogPosition>> rest = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                rest.add(listener.append(log, BytesEntry.random(random, 10)));
            }
            gate.countDown();
            await(first);
            for (CompletableFuture<LogPosition> one : rest) {
                await(one);
            }
            assertEquals(3, log.commits());
        }
    }

    @Test
    void aDamagedRecordIsNeverReadVerified() throws Exception {
        try (DriveLog log = fresh(SMALL, SegmentChannel.Opener.FILES)) {
            LogPosition position = await(listener.append(log, BytesEntry.random(random, 5000)));
            try (FileChannel segment = FileChannel.open(
                    directory.resolve("segment-0000000000000000.log"),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                segment.read(one, position.offset() + 77);
                one.put(0, (byte) (one.get(0) ^ 4)).rewind();
                segment.write(one, position.offset() + 77);
            }
            assertThrows(CorruptException.class, () -> log.readVerified(position));
        }
    }

    @Test
    void readsSurviveAnInterruptedNeighbour() throws Exception {
        try (DriveLog log = fresh(SMALL, SegmentChannel.Opener.FILES)) {
            BytesEntry entry = BytesEntry.random(random, 5000);
            LogPosition position = await(listener.append(log, entry));
            Thread neighbour = new Thread(() -> {
                Thread.currentThread().interrupt();
                assertThrows(IOException.class, () -> log.readVerified(position));
            });
            neighbour.start();
            neighbour.join();
            assertEquals(
                    ByteBuffer.wrap(entry.payload()), log.readVerified(position).payload());
        }
    }

    @Test
    void aLogIsNotCreatedOverAnother() throws Exception {
        DriveLog.create(directory, DRIVE, SMALL);
        assertThrows(CorruptException.class, () -> DriveLog.create(directory, DRIVE, SMALL));
    }

    @Test
    void anEmptyDirectoryIsNotALog() {
        assertThrows(CorruptException.class, () -> open(SMALL, LogPoint.START, new CollectedRecords()));
    }

    @Test
    void theLogOfAnotherDriveIsRefused() throws Exception {
        DriveLog.create(directory, DRIVE, SMALL);
        UUID other = new UUID(1, 2);
        assertThrows(
                CorruptException.class,
                () -> DriveLog.open(
                        directory, other, SMALL, SegmentChannel.Opener.FILES, LogPoint.START, new CollectedRecords()));
    }

    @Test
    void anInterruptedPreparationIsCleanedUp() throws Exception {
        DriveLog.create(directory, DRIVE, SMALL);
        Path leftover = Files.write(directory.resolve("segment-0000000000000001.log.unfinished"), new byte[10]);
        open(SMALL, LogPoint.START, new CollectedRecords()).close();
        assertFalse(Files.exists(leftover));
    }
}
