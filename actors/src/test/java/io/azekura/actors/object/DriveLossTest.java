package io.azekura.actors.object;

import static io.azekura.actors.object.Store.BUCKET;
import static io.azekura.actors.object.Store.bytes;
import static io.azekura.actors.object.Store.eventually;
import static io.azekura.actors.object.Store.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore.BodyReply;
import io.azekura.actors.protocol.ObjectStore.GetReply;
import io.azekura.actors.protocol.ObjectStore.Opened;
import io.azekura.actors.protocol.ObjectStore.Precondition;
import io.azekura.actors.protocol.ObjectStore.Stored;
import io.azekura.actors.protocol.ObjectStore.StreamedBody;
import io.azekura.actors.protocol.ObjectStore.StrictBody;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.actors.protocol.ObjectStore.Unreadable;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriveLossTest {
    private static final List<Integer> SIZES = List.of(1000, 100_000, 1_500_000);

    /** All sets of {@code size} of {@code count} drives. */
    private static List<BitSet> subsets(int count, int size) {
        List<BitSet> all = new ArrayList<>();
        for (long bits = 0; bits < 1L << count; bits++) {
            if (Long.bitCount(bits) == size) {
                all.add(BitSet.valueOf(new long[] {bits}));
            }
        }
        return all;
    }

    private static void putAll(Store store) {
        for (int size : SIZES) {
            assertInstanceOf(Stored.class, store.put("k" + size, bytes(size, size)));
        }
    }

    private static void assertAllReadable(Store store, String when) {
        for (int size : SIZES) {
            assertArrayEquals(bytes(size, size), store.read("k" + size), size + " bytes, " + when);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "2,2", "4,2"})
    void everyLossOfAsManyDrivesAsThereIsParityLeavesEverythingReadable(int k, int m) {
        try (Store store = new Store(k, m)) {
            putAll(store);
            for (BitSet lost : subsets(k + m, Math.min(m, (k + m) / 2))) {
                lost.stream().forEach(drive -> store.memory.get(drive).setDown(true));
                assertAllReadable(store, "without " + lost);
                lost.stream().forEach(drive -> store.memory.get(drive).setDown(false));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,2", "4,2"})
    void everyDamageOfAsManyDrivesAsThereIsParityIsRepairedInTheAnswer(int k, int m) {
        for (BitSet damaged : subsets(k + m, m)) {
            try (Store store = new Store(k, m)) {
                putAll(store);
                damaged.stream().forEach(drive -> store.drives.get(drive).damageShards());
                assertAllReadable(store, "with damage on " + damaged);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,2", "4,2"})
    void oneLossMoreIsAnErrorAndNeverWrongBytes(int k, int m) {
        for (BitSet damaged : subsets(k + m, m + 1)) {
            try (Store store = new Store(k, m)) {
                putAll(store);
                damaged.stream().forEach(drive -> store.drives.get(drive).damageShards());
                assertUnreadable(store, 100_000);
                assertUnreadable(store, 1_500_000);
                damaged.stream().forEach(drive -> store.memory.get(drive).setDown(true));
                GetReply reply = store.open("k1000");
                if (reply instanceof Opened opened) {
                    BodyReply body = get(opened.object().body(0, 1000));
                    assertArrayEquals(bytes(1000, 1000), store.read(body));
                } else {
                    assertInstanceOf(Unavailable.class, reply);
                }
            }
        }
    }

    private static void assertUnreadable(Store store, int size) {
        BodyReply reply = store.body("k" + size, 0, size);
        if (reply instanceof StreamedBody streamed) {
            Throwable failure = null;
            try {
                streamed.bytes()
                        .runWith(Sink.ignore(), store.materializer)
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                failure = e.getCause();
            }
            assertInstanceOf(UnreadableException.class, failure);
        } else {
            assertInstanceOf(Unreadable.class, reply);
        }
    }

    @ParameterizedTest
    @CsvSource({"2,2", "4,2"})
    void drivesThatHangAreReadAround(int k, int m) {
        try (Store store = new Store(k, m)) {
            putAll(store);
            for (BitSet hanging : subsets(k + m, m).subList(0, 4)) {
                hanging.stream().forEach(drive -> store.drives.get(drive).hang());
                assertAllReadable(store, "while " + hanging + " hang");
                hanging.stream().forEach(drive -> store.drives.get(drive).release());
            }
            eventually(() -> store.drives.stream().allMatch(drive -> drive.openReaders() == 0), "readers are closed");
        }
    }

    @Test
    void driveThatHangsUnderAStreamIsReplacedWhileItGoesOn() {
        try (Store store = new Store(4, 2)) {
            byte[] body = bytes(6_000_000, 1);
            store.put("k", body);
            StreamedBody streamed = (StreamedBody) store.body("k", 0, body.length);
            Source<ByteString, ?> bytes = streamed.bytes().map(element -> {
                store.drives.get(1).hang();
                store.drives.get(3).hang();
                return element;
            });
            assertArrayEquals(body, store.read(new StreamedBody(bytes)));
        }
    }

    @Test
    void whatOnlyASlowDriveHasIsWaitedFor() {
        try (Store store = new Store(1, 0)) {
            byte[] body = bytes(100_000, 1);
            store.put("k", body);
            store.drives.get(0).hang();
            var reply = ((Opened) store.open("k")).object().body(0, body.length);
            eventually(() -> store.drives.get(0).openReaders() > 0, "the read began");
            store.drives.get(0).release();
            assertArrayEquals(body, ((StrictBody) get(reply)).bytes().toArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"2,2,1", "3,2,1", "3,2,2", "4,2,1", "4,2,2", "5,3,3"})
    void writeWithDrivesDownSurvivesTheLossOfAnyOther(int k, int m, int down) {
        for (BitSet lost : subsets(k + m, down)) {
            try (Store store = new Store(k, m)) {
                lost.stream().forEach(drive -> store.memory.get(drive).setDown(true));
                putAll(store);
                assertAllReadable(store, "written without " + lost);
                lost.stream().forEach(drive -> store.memory.get(drive).setDown(false));
                for (int more = 0; more < k + m; more++) {
                    store.memory.get(more).setDown(true);
                    assertAllReadable(store, "written without " + lost + ", read without " + more);
                    store.memory.get(more).setDown(false);
                }
            }
            if (k + m > 5) {
                return;
            }
        }
    }

    @Test
    void drivesThatRefuseShardsAreReplacedByOthersTwoToADrive() {
        try (Store store = new Store(4, 2)) {
            store.drives.get(0).refuseShards();
            store.drives.get(3).refuseShards();
            for (int size : List.of(100_000, 1_500_000)) {
                store.put("k" + size, bytes(size, size));
                Content.Sharded content = content(store, "k" + size);
                assertTrue(content.holders().stream().noneMatch(holder -> holder < 0));
                assertEquals(4, new HashSet<>(content.holders()).size());
                assertArrayEquals(bytes(size, size), store.read("k" + size));
            }
        }
    }

    private static Content.Sharded content(Store store, String key) {
        RegisterKey register = new RegisterKey(store.bucket.incarnation(), Bytes.utf8(key));
        Register.Value value = (Register.Value) get(store.register.read(register));
        return (Content.Sharded) value.state().content();
    }

    @ParameterizedTest
    @CsvSource({"100000", "1500000"})
    void slowDriveIsAbandonedAndKeepsNothing(int size) {
        try (Store store = new Store(4, 2)) {
            store.drives.get(2).hang();
            assertInstanceOf(Stored.class, store.put("k", bytes(size, 1)));
            Content.Sharded content = content(store, "k");
            assertEquals(
                    1, content.holders().stream().filter(holder -> holder < 0).count());
            store.drives.get(2).release();
            assertArrayEquals(bytes(size, 1), store.read("k"));
            eventually(() -> store.stagedShards() == 0, "the abandoned shard is gone");
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void drivesThatFailUnderAStreamAreAbandonedOnlyWhileEnoughAreLeft(int failures) {
        try (Store store = new Store(4, 2)) {
            byte[] body = bytes(5_000_000, 1);
            Consumer<Integer> fail = drive -> store.drives.get(drive).refuseShards();
            Set<Integer> failing = failures == 1 ? Set.of(1) : Set.of(1, 4);
            int[] passed = {0};
            Source<ByteString, ?> source = Store.chunks(body).map(chunk -> {
                if (++passed[0] == 20) {
                    failing.forEach(drive -> store.memory.get(drive).setDown(true));
                    failing.forEach(fail);
                }
                return chunk;
            });
            var put = store.gateway.put(Store.request("k", body.length, Precondition.Always.INSTANCE), source);
            if (failures == 1) {
                assertInstanceOf(Stored.class, get(put));
                assertArrayEquals(body, store.read("k"));
            } else {
                assertInstanceOf(Unavailable.class, get(put));
            }
            failing.forEach(drive -> store.memory.get(drive).setDown(false));
            eventually(() -> store.stagedShards() == 0, "nothing is left staged");
        }
    }

    @ParameterizedTest
    @CsvSource({"100", "100000", "1500000"})
    void withoutMajorityNothingIsWrittenAndNothingLeft(int size) {
        try (Store store = new Store(2, 2)) {
            store.memory.get(0).setDown(true);
            store.memory.get(1).setDown(true);
            assertInstanceOf(Unavailable.class, store.put("k", bytes(size, 1)));
            assertInstanceOf(Unavailable.class, get(store.gateway.delete(BUCKET, ObjectKey.of("k"))));
            eventually(() -> store.stagedShards() == 0, "nothing is staged");
        }
    }
}
