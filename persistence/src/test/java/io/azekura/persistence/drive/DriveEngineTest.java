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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.MissingShard;
import io.azekura.persistence.register.Messages.NoSpace;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveEngineTest {
    @TempDir
    Path temporary;

    private DriveDirectory directory;
    private DriveEngine drive;

    @BeforeEach
    void openNewDrive() throws IOException {
        directory = DriveDirectory.create(temporary.resolve("drive"));
        drive = directory.open();
    }

    @AfterEach
    void closeDrive() throws IOException {
        drive.close();
        assertEquals(List.of(), directory.faults());
    }

    @Test
    void anAcceptedRowIsRead() throws IOException {
        Bytes body = bytes(1, 5000);
        State state = live(whole(data(1), body), 1);
        assertInstanceOf(Nothing.class, drive.read(key("a")));
        assertInstanceOf(Promised.class, prepare(drive, key("a"), ballot(1)));
        assertInstanceOf(Accepted.class, accept(drive, key("a"), ballot(1), state, body));
        assertEquals(new Found(new Row(ballot(1), state), Ballot.ZERO), drive.read(key("a")));
        assertEquals(body, drive.readWhole(key("a"), data(1)));
        drive.settle(key("a"), ballot(1));
        assertEquals(new Found(new Row(ballot(1), state), ballot(1)), drive.read(key("a")));
    }

    @Test
    void aPrepareOfAnUnsettledWholeRowCarriesItsBody() {
        Bytes body = bytes(1, 16_384);
        State state = live(whole(data(1), body), 1);
        accept(drive, key("a"), ballot(1), state, body);
        assertEquals(new Promised(new Row(ballot(1), state), Ballot.ZERO, body), prepare(drive, key("a"), ballot(2)));
        drive.settle(key("a"), ballot(1));
        assertEquals(new Promised(new Row(ballot(1), state), ballot(1), null), prepare(drive, key("a"), ballot(3)));
    }

    @Test
    void aRowMayBeAcceptedAgainUnderAnotherBallotWithoutItsBody() throws IOException {
        Bytes body = bytes(1, 100);
        State state = live(whole(data(1), body), 1);
        accept(drive, key("a"), ballot(1), state, body);
        assertInstanceOf(Accepted.class, accept(drive, key("a"), ballot(2), state, null));
        drive.settle(key("a"), ballot(2));
        drive.close();
        drive = directory.open();
        assertEquals(new Found(new Row(ballot(2), state), ballot(2)), drive.read(key("a")));
        assertEquals(body, drive.readWhole(key("a"), data(1)));
    }

    @Test
    void aWholeRowWithoutItsBodyIsRefused() {
        State state = live(whole(data(1), bytes(1, 100)), 1);
        assertEquals(new MissingShard(0), accept(drive, key("a"), ballot(1), state, null));
        assertEquals(new MissingShard(0), accept(drive, key("a"), ballot(1), state, bytes(1, 99)));
    }

    @Test
    void ballotsBelowThePromiseAreRefused() {
        prepare(drive, key("a"), ballot(5));
        assertEquals(new Refused(ballot(5)), prepare(drive, key("a"), ballot(5)));
        assertEquals(new Refused(ballot(5)), accept(drive, key("a"), ballot(4), tombstone(1), null));
        assertInstanceOf(Accepted.class, accept(drive, key("a"), ballot(5), tombstone(1), null));
    }

    @Test
    void thePreviousRowStaysUntilItsSuccessorIsSettled() throws IOException {
        Bytes first = bytes(1, 10);
        Bytes second = bytes(2, 10);
        accept(drive, key("a"), ballot(1), live(whole(data(1), first), 1), first);
        drive.settle(key("a"), ballot(1));
        accept(drive, key("a"), ballot(2), live(whole(data(2), second), 2), second);
        assertEquals(first, drive.readWhole(key("a"), data(1)));
        assertEquals(second, drive.readWhole(key("a"), data(2)));
        drive.settle(key("a"), ballot(2));
        assertThrows(IOException.class, () -> drive.readWhole(key("a"), data(1)));
        assertEquals(second, drive.readWhole(key("a"), data(2)));
    }

    @Test
    void stagedShardsOfBothKindsAreReadOnceAccepted() throws IOException {
        Bytes small = bytes(1, 100_000);
        Bytes large = bytes(2, 300_000);
        await(drive.stage(data(1), 1, small.buffer()));
        Samples.write(drive, data(1), 2, large);
        assertThrows(IOException.class, () -> drive.open(key("a"), data(1), 1));
        State state = live(sharded(data(1), List.of(3, 0, 0, 2)), 1);
        assertInstanceOf(Accepted.class, accept(drive, key("a"), ballot(1), state, null));
        try (Drive.ShardReader one = drive.open(key("a"), data(1), 1);
                Drive.ShardReader two = drive.open(key("a"), data(1), 2)) {
            assertEquals(small, Samples.read(one, 0, small.length()));
            assertEquals(small.slice(33_000, 66_000), Samples.read(one, 33_000, 33_000));
            assertEquals(large, Samples.read(two, 0, large.length()));
        }
        assertThrows(IOException.class, () -> drive.open(key("a"), data(1), 0));
    }

    @Test
    void aRowThatNamesAShardThatIsNotHereIsRefused() {
        await(drive.stage(data(1), 1, bytes(1, 10).buffer()));
        State state = live(sharded(data(1), List.of(3, 0, 0, 2)), 1);
        assertEquals(new MissingShard(2), accept(drive, key("a"), ballot(1), state, null));
    }

    @Test
    void aDiscardedShardCannotBeAccepted() throws IOException {
        await(drive.stage(data(1), 0, bytes(1, 10).buffer()));
        Samples.write(drive, data(1), 1, bytes(2, 10));
        drive.discard(data(1));
        State state = live(sharded(data(1), List.of(0, 0, 1, 2)), 1);
        assertEquals(new MissingShard(0), accept(drive, key("a"), ballot(1), state, null));
        restart();
        assertEquals(0, shardFiles());
        assertEquals(new MissingShard(0), accept(drive, key("a"), new Ballot(1L << 40, 1), state, null));
    }

    @Test
    void discardingAnAcceptedShardDoesNothing() throws IOException {
        Bytes shard = bytes(1, 10);
        await(drive.stage(data(1), 0, shard.buffer()));
        accept(drive, key("a"), ballot(1), live(sharded(data(1), List.of(0, 1, 2, 3)), 1), null);
        drive.discard(data(1));
        drive.discardUnclaimed();
        restart();
        try (Drive.ShardReader reader = drive.open(key("a"), data(1), 0)) {
            assertEquals(shard, Samples.read(reader, 0, 10));
        }
    }

    @Test
    void anAbortedShardLeavesNothing() throws IOException {
        Drive.ShardWriter writer = drive.create(data(1), 0, 1000);
        writer.append(bytes(1, 1000).buffer());
        writer.abort();
        restart();
        drive.discardUnclaimed();
        restart();
        assertEquals(0, shardFiles());
    }

    @Test
    void theShardFileOfAReplacedRowIsFreedAndOpenReadersGoOn() throws IOException {
        Bytes shard = bytes(1, 300_000);
        Samples.write(drive, data(1), 0, shard);
        accept(drive, key("a"), ballot(1), live(sharded(data(1), List.of(0, 1, 2, 3)), 1), null);
        drive.settle(key("a"), ballot(1));
        try (Drive.ShardReader reader = drive.open(key("a"), data(1), 0)) {
            accept(drive, key("a"), ballot(2), tombstone(2), null);
            drive.settle(key("a"), ballot(2));
            flush();
            drive.close();
            assertEquals(0, shardFiles());
            assertEquals(shard, Samples.read(reader, 0, shard.length()));
        }
        drive = directory.open();
    }

    @Test
    void stagedShardsSurviveARestartUntilTheyAreDeclaredUnclaimed() throws IOException {
        await(drive.stage(data(1), 0, bytes(1, 10).buffer()));
        Samples.write(drive, data(2), 0, bytes(2, 300_000));
        Samples.write(drive, data(3), 0, bytes(3, 300_000));
        restart();
        State claimed = live(sharded(data(2), List.of(0, 1, 2, 3)), 1);
        assertInstanceOf(Accepted.class, accept(drive, key("a"), above(), claimed, null));
        drive.discardUnclaimed();
        flush();
        restart();
        assertEquals(1, shardFiles());
        State lost = live(sharded(data(3), List.of(0, 1, 2, 3)), 1);
        assertEquals(new MissingShard(0), accept(drive, key("b"), above(), lost, null));
        try (Drive.ShardReader reader = drive.open(key("a"), data(2), 0)) {
            assertEquals(bytes(2, 300_000), Samples.read(reader, 0, 300_000));
        }
    }

    @Test
    void aFenceIsObeyedAndSurvivesARestart() throws IOException {
        await(drive.fence(Samples.SPACE, 6, false));
        assertEquals(new Fenced(6, false), accept(drive, key("a"), ballot(1), tombstone(1), null));
        await(drive.fence(Samples.SPACE, 5, true));
        assertEquals(new Fenced(6, false), accept(drive, key("a"), ballot(1), tombstone(1), null));
        await(drive.fence(Samples.SPACE, 7, true));
        restart();
        assertEquals(new Fenced(7, true), accept(drive, key("a"), above(), tombstone(1), null));
        await(drive.fence(Samples.SPACE, 8, false));
        await(drive.fence(Samples.SPACE + 1, 99, true));
        State late = new State(State.Kind.TOMBSTONE, Bytes.utf8("late"), Content.NONE, List.of(), 1, 5);
        assertEquals(new Fenced(8, false), accept(drive, key("a"), above(), late, null));
    }

    @Test
    void aLaterConfigurationDoesNotKeepOutWhatOnlyFinishesAnEarlierWrite() throws IOException {
        await(drive.fence(Samples.SPACE, 7, true));
        assertEquals(new Fenced(7, true), accept(drive, key("a"), ballot(9), tombstone(1), null));
        await(drive.fence(Samples.SPACE, 8, false));
        assertEquals(new Accepted(), accept(drive, key("a"), ballot(9), tombstone(1), null));
    }

    @Test
    void afterARestartEveryBallotBelowTheDurableBoundIsRefused() throws IOException {
        prepare(drive, key("a"), ballot(10));
        restart();
        Refused refused = assertInstanceOf(Refused.class, prepare(drive, key("a"), ballot(11)));
        assertInstanceOf(Refused.class, accept(drive, key("a"), ballot(11), tombstone(1), null));
        Ballot next = new Ballot(refused.greatest().counter() + 1, 7);
        assertInstanceOf(Promised.class, prepare(drive, key("a"), next));
        restart();
        assertInstanceOf(Refused.class, prepare(drive, key("a"), new Ballot(next.counter() + 1, 7)));
    }

    @Test
    void aBallotFarAboveTheBoundIsAnsweredOnceABoundAboveItIsDurable() throws IOException {
        Ballot far = new Ballot(1L << 50, 7);
        assertInstanceOf(Promised.class, prepare(drive, key("a"), far));
        restart();
        assertInstanceOf(Refused.class, prepare(drive, key("b"), far));
    }

    @Test
    void concurrentRequestsOfOneKeyAreDecidedOneAfterTheOther() {
        List<CompletionStage<?>> stages = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            Ballot ballot = ballot(i);
            stages.add(drive.prepare(new Prepare(key("a"), ballot)));
            stages.add(drive.accept(new Accept(key("a"), ballot, tombstone(i), 0, null))
                    .whenComplete((reply, failure) -> drive.settle(key("a"), ballot)));
        }
        stages.forEach(Samples::await);
        assertInstanceOf(Accepted.class, await(stages.get(99)));
        assertEquals(new Found(new Row(ballot(50), tombstone(50)), ballot(50)), drive.read(key("a")));
    }

    @Test
    void aScanShowsEveryAcceptedRowInOrder() throws IOException {
        for (int i = 0; i < 100; i++) {
            accept(drive, key(String.format(java.util.Locale.ROOT, "k%02d", 99 - i)), ballot(1), tombstone(i), null);
        }
        drive.settle(key("k07"), ballot(1));
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE, Bytes.utf8("k05"))) {
            for (int i = 5; i < 10; i++) {
                assertTrue(cursor.next());
                assertEquals("k0" + i, cursor.key().utf8());
                assertEquals(i == 7, cursor.slot().isSettled());
            }
            cursor.seek(Bytes.utf8("k98"));
            assertTrue(cursor.next());
            assertTrue(cursor.next());
            assertEquals("k99", cursor.key().utf8());
            assertFalse(cursor.next());
        }
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE + 1, Bytes.EMPTY)) {
            assertFalse(cursor.next());
        }
    }

    @Test
    void unsettledKeysAreToldAlsoAfterARestart() throws IOException {
        accept(drive, key("a"), ballot(1), tombstone(1), null);
        accept(drive, key("b"), ballot(1), tombstone(1), null);
        drive.settle(key("a"), ballot(1));
        assertEquals(List.of(key("b")), drive.unsettled(Duration.ZERO));
        assertEquals(List.of(), drive.unsettled(Duration.ofHours(1)));
        restart();
        assertEquals(List.of(key("b")), drive.unsettled(Duration.ZERO));
        drive.settle(key("b"), ballot(1));
        assertEquals(List.of(), drive.unsettled(Duration.ZERO));
        restart();
        assertEquals(List.of(), drive.unsettled(Duration.ZERO));
    }

    @Test
    void belowTheReserveOnlyWhatFreesSpaceIsAccepted() throws IOException {
        Bytes body = bytes(1, 10);
        State state = live(whole(data(1), body), 1);
        accept(drive, key("a"), ballot(1), state, body);
        drive.close();
        drive = directory.open(SegmentChannel.Opener.FILES, Long.MAX_VALUE);
        assertEquals(DriveStatus.Condition.FULL, drive.status().condition());
        assertInstanceOf(NoSpace.class, accept(drive, key("b"), above(), state, body));
        assertInstanceOf(Accepted.class, accept(drive, key("a"), above(), state, body));
        assertInstanceOf(Accepted.class, accept(drive, key("b"), above(), tombstone(2), null));
        CompletionException refused =
                assertThrows(CompletionException.class, () -> await(drive.stage(data(2), 0, ByteBuffer.allocate(10))));
        assertInstanceOf(NoSpaceException.class, refused.getCause());
        assertThrows(NoSpaceException.class, () -> drive.create(data(2), 0, 10));
        assertEquals(body, drive.readWhole(key("a"), data(1)));
    }

    @Test
    void aClosedDriveAnswersUnknown() throws IOException {
        drive.close();
        assertInstanceOf(Unknown.class, drive.read(key("a")));
        assertInstanceOf(Unknown.class, prepare(drive, key("a"), ballot(1)));
        assertInstanceOf(Unknown.class, accept(drive, key("a"), ballot(1), tombstone(1), null));
        assertThrows(IOException.class, () -> drive.scan(Samples.SPACE, Bytes.EMPTY));
        CompletableFuture<Void> staged =
                drive.stage(data(1), 0, ByteBuffer.allocate(1)).toCompletableFuture();
        assertThrows(CompletionException.class, () -> await(staged));
    }

    @Test
    void aDriveIsNotOpenedTwice() {
        assertThrows(DriveFaultException.class, () -> directory.open());
    }

    @Test
    void statusTellsWhatWasCommitted() {
        long before = drive.status().committedRecords();
        accept(drive, key("a"), ballot(1), live(Content.NONE, 1), null);
        DriveStatus status = drive.status();
        assertEquals(DriveDirectory.ID, status.id());
        assertEquals(DriveStatus.Condition.ONLINE, status.condition());
        assertTrue(status.committedRecords() > before);
        assertTrue(status.freeBytes() > 0 && status.freeBytes() <= status.totalBytes());
    }

    private void restart() throws IOException {
        drive.close();
        drive = directory.open();
    }

    /** A ballot that no floor of this test reaches. */
    private Ballot above() {
        highest++;
        return new Ballot((1L << 45) + highest * (1L << 30), 7);
    }

    private long highest;

    /** Waits until everything asked before is in the index. */
    private void flush() {
        await(drive.fence(1, 1, false));
    }

    private long shardFiles() throws IOException {
        try (var files = java.nio.file.Files.walk(directory.path().resolve(DriveRecovery.SHARDS))) {
            return files.filter(java.nio.file.Files::isRegularFile).count();
        }
    }
}
