package io.azekura.actors.object;

import static io.azekura.actors.object.Store.BUCKET;
import static io.azekura.actors.object.Store.bytes;
import static io.azekura.actors.object.Store.eventually;
import static io.azekura.actors.object.Store.get;
import static io.azekura.actors.object.Store.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore.Deleted;
import io.azekura.actors.protocol.ObjectStore.NoSuchBucket;
import io.azekura.actors.protocol.ObjectStore.NoSuchKey;
import io.azekura.actors.protocol.ObjectStore.Opened;
import io.azekura.actors.protocol.ObjectStore.OutOfSpace;
import io.azekura.actors.protocol.ObjectStore.Precondition;
import io.azekura.actors.protocol.ObjectStore.PreconditionFailed;
import io.azekura.actors.protocol.ObjectStore.PutReply;
import io.azekura.actors.protocol.ObjectStore.Replaced;
import io.azekura.actors.protocol.ObjectStore.Stored;
import io.azekura.actors.protocol.ObjectStore.StreamedBody;
import io.azekura.actors.protocol.ObjectStore.StrictBody;
import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.ObjectKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectGatewayTest {
    private static final int KIB = 1024;

    /** Every class of size for k data shards and its borders: whole, staged, streamed, odd tails. */
    private static List<Integer> sizes(int k) {
        int staged = 128 * KIB * k;
        int stripe = 64 * KIB * k;
        return List.of(
                0,
                1,
                16 * KIB - 1,
                16 * KIB,
                16 * KIB + 1,
                64 * KIB + 7,
                stripe - 1,
                stripe,
                stripe + 1,
                staged - 1,
                staged,
                staged + 1,
                3 * stripe,
                3 * stripe + 1,
                5 * stripe + 64 * KIB + 13,
                7 * stripe - 1);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,1", "1,2", "2,2", "4,2"})
    void bodiesOfEverySizeComeBackByteForByte(int k, int m) {
        try (Store store = new Store(k, m)) {
            for (int size : sizes(k)) {
                byte[] body = bytes(size, size);
                Stored stored = assertInstanceOf(Stored.class, store.put("k" + size, body));
                assertEquals(size, stored.record().size());
                assertArrayEquals(body, store.read("k" + size), size + " bytes");
            }
            assertEquals(0, store.stagedShards());
            eventually(() -> store.drives.stream().allMatch(drive -> drive.openReaders() == 0), "readers are closed");
        }
    }

    @Test
    void strictBodiesOfEverySizeComeBackByteForByte() {
        try (Store store = new Store(2, 2)) {
            for (int size : sizes(2)) {
                byte[] body = bytes(size, size);
                CompletionStage<PutReply> put = store.gateway.put(
                        request("k" + size, size, Precondition.Always.INSTANCE), ByteString.fromArray(body));
                assertInstanceOf(Stored.class, get(put));
                assertArrayEquals(body, store.read("k" + size), size + " bytes");
            }
        }
    }

    @Test
    void rangesAreReadFromTheShardsThatHoldThem() {
        try (Store store = new Store(4, 2)) {
            byte[] body = bytes(3 * 1024 * KIB + 777, 1);
            store.put("big", body);
            for (long first : List.of(0L, 1L, 65_535L, 65_536L, 262_143L, 1_000_000L, body.length - 5000L)) {
                for (int length : List.of(1, 100, 5000)) {
                    StrictBody range = assertInstanceOf(StrictBody.class, store.body("big", first, length));
                    byte[] expected = Arrays.copyOfRange(body, (int) first, (int) first + length);
                    assertArrayEquals(expected, range.bytes().toArray(), length + " from " + first);
                }
            }
            byte[] rest = store.read(assertInstanceOf(StreamedBody.class, store.body("big", 70_001, 2_000_000)));
            assertArrayEquals(Arrays.copyOfRange(body, 70_001, 2_070_001), rest);
        }
    }

    @Test
    void smallRangeReadsItsOwnBytesAndNoMore() {
        try (Store store = new Store(4, 2)) {
            store.put("big", bytes(4 * 1024 * KIB, 1));
            store.read(store.body("big", 100, 4096));
            assertEquals(
                    4096,
                    store.drives.stream().mapToInt(FaultyDrive::shardBytesRead).sum());
        }
    }

    @Test
    void preconditionsAreJudgedAgainstTheObjectThatIsThere() {
        try (Store store = new Store(2, 2)) {
            byte[] body = bytes(10, 1);
            ByteString bytes = ByteString.fromArray(body);
            Precondition absent = Precondition.Absent.INSTANCE;
            assertInstanceOf(
                    NoSuchKey.class,
                    get(store.gateway.put(request("k", 10, new Precondition.Matches("etag-10")), bytes)));
            assertInstanceOf(Stored.class, get(store.gateway.put(request("k", 10, absent), bytes)));
            assertInstanceOf(PreconditionFailed.class, get(store.gateway.put(request("k", 10, absent), bytes)));
            assertInstanceOf(
                    PreconditionFailed.class,
                    get(store.gateway.put(request("k", 10, new Precondition.Matches("other")), bytes)));
            assertInstanceOf(
                    Stored.class, get(store.gateway.put(request("k", 10, new Precondition.Matches("etag-10")), bytes)));
            assertInstanceOf(
                    Stored.class, get(store.gateway.put(request("k", 10, new Precondition.Matches("*")), bytes)));
        }
    }

    @ParameterizedTest
    @CsvSource({"100", "100000", "1000000"})
    void ofRacingCreationsExactlyOneWinsAndTheOthersLeaveNothing(int size) {
        try (Store store = new Store(2, 2)) {
            List<CompletionStage<PutReply>> replies = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                replies.add(store.gateway.put(
                        request("k", size, Precondition.Absent.INSTANCE), Store.chunks(bytes(size, i))));
            }
            int winner = -1;
            for (int i = 0; i < replies.size(); i++) {
                if (get(replies.get(i)) instanceof Stored) {
                    assertEquals(-1, winner, "two winners");
                    winner = i;
                }
            }
            assertArrayEquals(bytes(size, winner), store.read("k"));
            eventually(() -> store.stagedShards() == 0, "the losers' shards are gone");
        }
    }

    @Test
    void versionTimeGrowsEvenWhenTheClockGoesBack() {
        try (Store store = new Store(2, 2)) {
            long first = ((Stored) store.put("k", bytes(1, 1))).record().time();
            store.clock.set(0);
            assertEquals(
                    first + 1, ((Stored) store.put("k", bytes(1, 1))).record().time());
            get(store.gateway.delete(BUCKET, ObjectKey.of("k")));
            assertEquals(
                    first + 3, ((Stored) store.put("k", bytes(1, 1))).record().time());
        }
    }

    @Test
    void deletedObjectIsGoneAndDeletingAgainIsNoError() {
        try (Store store = new Store(2, 2)) {
            store.put("k", bytes(200_000, 1));
            assertInstanceOf(Deleted.class, get(store.gateway.delete(BUCKET, ObjectKey.of("k"))));
            assertInstanceOf(NoSuchKey.class, store.open("k"));
            assertInstanceOf(Deleted.class, get(store.gateway.delete(BUCKET, ObjectKey.of("k"))));
            assertInstanceOf(Deleted.class, get(store.gateway.delete(BUCKET, ObjectKey.of("never"))));
            eventually(
                    () -> store.memory.stream().allMatch(drive -> drive.committedContents() == 0),
                    "the shards are freed");
        }
    }

    @Test
    void withoutBucketThereIsNothing() {
        try (Store store = new Store(1, 1)) {
            BucketName other = new BucketName("other");
            assertInstanceOf(NoSuchBucket.class, get(store.gateway.headBucket(other)));
            assertInstanceOf(NoSuchBucket.class, get(store.gateway.get(other, ObjectKey.of("k"))));
            assertInstanceOf(NoSuchBucket.class, get(store.gateway.delete(other, ObjectKey.of("k"))));
            assertInstanceOf(NoSuchBucket.class, get(store.gateway.deleteBucket(other)));
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "5", "100000", "2000000"})
    void bodyThatFailsEndsEarlyOrLateLeavesNothing(int size) {
        try (Store store = new Store(2, 2)) {
            Source<ByteString, ?> whole = Store.chunks(bytes(size, 1));
            Source<ByteString, ?> failing = whole.concat(Source.failed(new IllegalArgumentException("bad digest")));
            Source<ByteString, ?> tooLong = whole.concat(Source.single(ByteString.fromString("x")));
            assertFails(IllegalArgumentException.class, store, size, failing);
            assertFails(IncompleteBodyException.class, store, size, tooLong);
            assertFails(IncompleteBodyException.class, store, size + 1, whole);
            assertInstanceOf(NoSuchKey.class, store.open("k"));
            eventually(() -> store.stagedShards() == 0, "nothing is staged");
        }
    }

    private static void assertFails(
            Class<? extends Throwable> cause, Store store, int size, Source<ByteString, ?> body) {
        CompletionStage<PutReply> put = store.gateway.put(request("k", size, Precondition.Always.INSTANCE), body);
        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> get(put));
        assertInstanceOf(cause, failure.getCause());
    }

    @Test
    void readerThatStopsEarlyClosesItsShards() {
        try (Store store = new Store(4, 2)) {
            byte[] body = bytes(5 * 1024 * KIB, 1);
            store.put("big", body);
            StreamedBody streamed = (StreamedBody) store.body("big", 0, body.length);
            ByteString head = get(streamed.bytes().runWith(Sink.head(), store.materializer));
            assertTrue(head.length() > 0);
            eventually(() -> store.drives.stream().allMatch(drive -> drive.openReaders() == 0), "readers are closed");
        }
    }

    @Test
    void openedBodyOutlivesItsReplacement() {
        try (Store store = new Store(2, 2)) {
            byte[] old = bytes(2_000_000, 1);
            store.put("k", old);
            Opened opened = (Opened) store.open("k");
            StreamedBody streamed = (StreamedBody) get(opened.object().body(0, old.length));
            store.put("k", bytes(2_000_000, 2));
            assertArrayEquals(old, store.read(streamed));
            eventually(
                    () -> get(opened.object().body(0, old.length)) instanceof Replaced
                            && get(opened.object().body(0, 10)) instanceof Replaced,
                    "the old version is freed");
        }
    }

    @ParameterizedTest
    @CsvSource({"100", "100000", "2000000"})
    void fullDrivesAreOutOfSpace(int size) {
        try (Store store = new Store(2, 2)) {
            store.put("before", bytes(size, 1));
            store.memory.forEach(drive -> drive.setFull(true));
            assertInstanceOf(OutOfSpace.class, store.put("k", bytes(size, 1)));
            assertArrayEquals(bytes(size, 1), store.read("before"));
            assertInstanceOf(Deleted.class, get(store.gateway.delete(BUCKET, ObjectKey.of("before"))));
            store.memory.forEach(drive -> drive.setFull(false));
            assertInstanceOf(Stored.class, store.put("k", bytes(size, 1)));
            for (MemoryDrive drive : store.memory) {
                assertEquals(0, drive.stagedShards());
            }
        }
    }
}
