package io.azekura.actors.object;

import static io.azekura.actors.object.Store.BUCKET;
import static io.azekura.actors.object.Store.bytes;
import static io.azekura.actors.object.Store.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore.BucketCreated;
import io.azekura.actors.protocol.ObjectStore.BucketDeleted;
import io.azekura.actors.protocol.ObjectStore.BucketExists;
import io.azekura.actors.protocol.ObjectStore.BucketFound;
import io.azekura.actors.protocol.ObjectStore.BucketNotEmpty;
import io.azekura.actors.protocol.ObjectStore.Buckets;
import io.azekura.actors.protocol.ObjectStore.Conflict;
import io.azekura.actors.protocol.ObjectStore.CreateBucketReply;
import io.azekura.actors.protocol.ObjectStore.DeleteBucketReply;
import io.azekura.actors.protocol.ObjectStore.HeadBucketReply;
import io.azekura.actors.protocol.ObjectStore.NoSuchBucket;
import io.azekura.actors.protocol.ObjectStore.NoSuchKey;
import io.azekura.actors.protocol.ObjectStore.Precondition;
import io.azekura.actors.protocol.ObjectStore.PutReply;
import io.azekura.actors.protocol.ObjectStore.Stored;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {
    @Test
    void bucketsAreCreatedOnceAndListedByName() {
        try (Store store = new Store(2, 2)) {
            assertInstanceOf(BucketCreated.class, get(store.gateway.createBucket(new BucketName("zebra"))));
            assertInstanceOf(BucketCreated.class, get(store.gateway.createBucket(new BucketName("ant"))));
            BucketExists exists = assertInstanceOf(BucketExists.class, get(store.gateway.createBucket(BUCKET)));
            assertEquals(store.bucket, exists.bucket());
            Buckets buckets = assertInstanceOf(Buckets.class, get(store.gateway.listBuckets()));
            assertEquals(
                    List.of("ant", "bucket", "zebra"),
                    buckets.buckets().stream()
                            .map(bucket -> bucket.name().value())
                            .toList());
        }
    }

    @Test
    void ofRacingCreationsExactlyOneWins() {
        try (Store store = new Store(2, 2)) {
            List<CompletionStage<CreateBucketReply>> replies = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                replies.add(store.gateway.createBucket(new BucketName("new")));
            }
            long created = replies.stream()
                    .filter(reply -> get(reply) instanceof BucketCreated)
                    .count();
            assertEquals(1, created);
        }
    }

    @Test
    void fullBucketStaysAndEmptyOneGoes() {
        try (Store store = new Store(2, 2)) {
            store.put("k", bytes(5, 1));
            assertInstanceOf(BucketNotEmpty.class, get(store.gateway.deleteBucket(BUCKET)));
            assertInstanceOf(Stored.class, store.put("k2", bytes(5, 1)));
            get(store.gateway.delete(BUCKET, ObjectKey.of("k")));
            get(store.gateway.delete(BUCKET, ObjectKey.of("k2")));
            assertInstanceOf(BucketDeleted.class, get(store.gateway.deleteBucket(BUCKET)));
            assertInstanceOf(NoSuchBucket.class, get(store.gateway.headBucket(BUCKET)));
            assertInstanceOf(NoSuchBucket.class, store.put("k", bytes(5, 1)));
            assertInstanceOf(NoSuchBucket.class, store.open("k"));
        }
    }

    @Test
    void bucketOfTheSameNameIsAnotherBucket() {
        try (Store store = new Store(2, 2)) {
            get(store.gateway.deleteBucket(BUCKET));
            BucketCreated again = assertInstanceOf(BucketCreated.class, get(store.gateway.createBucket(BUCKET)));
            assertNotEquals(store.bucket.incarnation(), again.bucket().incarnation());
            assertInstanceOf(Stored.class, store.put("k", bytes(5, 1)));
        }
    }

    @Test
    void withoutMajorityABucketIsNeitherCreatedNorDeleted() {
        try (Store store = new Store(2, 2)) {
            store.memory.get(0).setDown(true);
            store.memory.get(1).setDown(true);
            assertInstanceOf(Unavailable.class, get(store.gateway.createBucket(new BucketName("new"))));
            assertInstanceOf(Unavailable.class, get(store.gateway.deleteBucket(BUCKET)));
            store.memory.forEach(drive -> drive.setDown(false));
            assertInstanceOf(Stored.class, store.put("k", bytes(5, 1)));
        }
    }

    /** Whatever the order, a write that was acknowledged is in a bucket that is still there. */
    @ParameterizedTest
    @ValueSource(ints = {100, 100_000, 1_500_000})
    void deletionRacesWritesAndLosesNone(int size) {
        try (Store store = new Store(2, 2)) {
            for (int round = 0; round < 20; round++) {
                List<CompletionStage<PutReply>> puts = new ArrayList<>();
                puts.add(store.putAsync("k", bytes(size, 1)));
                CompletionStage<DeleteBucketReply> deletion = store.gateway.deleteBucket(BUCKET);
                puts.add(store.putAsync("k", bytes(size, 1)));
                boolean isDeleted = get(deletion) instanceof BucketDeleted;
                boolean isStored = false;
                for (CompletionStage<PutReply> put : puts) {
                    isStored |= get(put) instanceof Stored;
                }
                assertTrue(!(isDeleted && isStored), "an acknowledged object went with its bucket");
                if (isStored) {
                    assertArrayEquals(bytes(size, 1), store.read("k"));
                    get(store.gateway.delete(BUCKET, ObjectKey.of("k")));
                }
                get(store.gateway.createBucket(BUCKET));
            }
            Store.eventually(() -> store.stagedShards() == 0, "refused writes left nothing");
        }
    }

    @Test
    void whileABucketIsClosingWritesConflictAndReadsGoOn() {
        try (Store store = new Store(2, 2)) {
            store.put("k", bytes(5, 1));
            close(store);
            ObjectGateway later = store.newGateway(Store.settings());
            var put = later.put(Store.request("k", 1, Precondition.Always.INSTANCE), ByteString.fromString("x"));
            assertInstanceOf(Conflict.class, get(put));
            assertInstanceOf(Conflict.class, get(later.delete(BUCKET, ObjectKey.of("k"))));
            assertInstanceOf(NoSuchKey.class, get(later.get(BUCKET, ObjectKey.of("other"))));
            HeadBucketReply head = get(later.headBucket(BUCKET));
            assertTrue(assertInstanceOf(BucketFound.class, head).bucket().closing());
        }
    }

    @Test
    void fullBucketThatACrashLeftClosingIsReopenedAtTheStart() {
        try (Store store = new Store(2, 2)) {
            store.put("k", bytes(5, 1));
            close(store);
            ObjectGateway later = store.newGateway(Store.settings());
            assertTrue(get(later.recoverClosingBuckets()));
            BucketFound found = assertInstanceOf(BucketFound.class, get(later.headBucket(BUCKET)));
            assertTrue(!found.bucket().closing());
            var put = later.put(Store.request("k", 1, Precondition.Always.INSTANCE), ByteString.fromString("x"));
            assertInstanceOf(Stored.class, get(put));
        }
    }

    @Test
    void emptyBucketThatACrashLeftClosingIsGoneAfterTheStart() {
        try (Store store = new Store(2, 2)) {
            close(store);
            ObjectGateway later = store.newGateway(Store.settings());
            assertTrue(get(later.recoverClosingBuckets()));
            assertInstanceOf(NoSuchBucket.class, get(later.headBucket(BUCKET)));
        }
    }

    @Test
    void creatingOverAClosingBucketFinishesItsDeletionFirst() {
        try (Store store = new Store(2, 2)) {
            close(store);
            ObjectGateway later = store.newGateway(Store.settings());
            BucketCreated created = assertInstanceOf(BucketCreated.class, get(later.createBucket(BUCKET)));
            assertNotEquals(store.bucket.incarnation(), created.bucket().incarnation());
        }
    }

    /** Leaves the bucket as a process does that dies between closing and committing. */
    private static void close(Store store) {
        BucketRecord open = store.bucket;
        BucketRecord closing =
                new BucketRecord(open.name(), open.incarnation(), open.configVersion() + 1, open.createdMicros(), true);
        assertInstanceOf(
                Applied.class,
                get(store.register.<State>change(
                        BucketDirectory.key(BUCKET),
                        new OperationId(9, 9),
                        current -> BucketDirectory.replace(current, open, closing))));
    }
}
