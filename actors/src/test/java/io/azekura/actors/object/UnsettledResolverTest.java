package io.azekura.actors.object;

import static io.azekura.actors.object.Store.bytes;
import static io.azekura.actors.object.Store.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnsettledResolverTest {
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void stop() {
        threads.shutdown();
    }

    private UnsettledResolver resolver(Store store) {
        return new UnsettledResolver(
                store.register, new Identifiers(), List.copyOf(store.drives), threads, threads, nanos::get);
    }

    private static void leavePending(Store store, RegisterKey key, int drives) {
        State state = new State(State.Kind.LIVE, Bytes.utf8("v"), Content.NONE, List.of(), 1, 0);
        Ballot ballot = new Ballot(5, 7);
        List<Integer> order = store.layout.stripeSet(key).drives();
        for (int position = 0; position < drives; position++) {
            FaultyDrive drive = store.drives.get(order.get(position));
            get(drive.prepare(new Prepare(key, ballot)));
            assertInstanceOf(Accepted.class, get(drive.accept(new Accept(key, ballot, state, position, null))));
        }
    }

    private static boolean isAllSettled(Store store) {
        return store.memory.stream()
                .allMatch(drive -> drive.unsettled(Duration.ZERO).isEmpty());
    }

    @Test
    void whatADeadProposerLeftIsSettled() {
        try (Store store = new Store(2, 2)) {
            for (int drives = 1; drives <= 4; drives++) {
                leavePending(store, new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8("left" + drives)), drives);
            }
            assertEquals(0, get(resolver(store).pass()));
            assertTrue(isAllSettled(store));
        }
    }

    @Test
    void withoutMajorityNothingIsSettledAndTheNextPassTriesAgain() {
        try (Store store = new Store(2, 2)) {
            RegisterKey key = new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8("left"));
            leavePending(store, key, 1);
            int holder = store.layout.stripeSet(key).drives().get(0);
            store.memory.get((holder + 1) % 4).setDown(true);
            store.memory.get((holder + 2) % 4).setDown(true);
            UnsettledResolver resolver = resolver(store);
            assertEquals(1, get(resolver.pass()));
            store.memory.forEach(drive -> drive.setDown(false));
            assertEquals(0, get(resolver.pass()));
            assertTrue(isAllSettled(store));
        }
    }

    @Test
    void unclaimedShardsGoOnlyWhenEveryDriveHasBeenAskedForPendingWrites() {
        try (Store store = new Store(2, 2)) {
            MemoryDrive drive = store.memory.get(0);
            get(drive.stage(new DataId(1, 1), 0, ByteBuffer.wrap(bytes(10, 1))));
            store.memory.get(3).setDown(true);
            UnsettledResolver resolver = resolver(store);
            passAfterMinutes(resolver, 3);
            assertEquals(1, store.stagedShards(), "the row may be on the drive that is away");
            store.memory.get(3).setDown(false);
            get(resolver.pass());
            assertEquals(1, store.stagedShards(), "rows younger than the mounting were not looked for");
            passAfterMinutes(resolver, 1);
            assertEquals(0, store.stagedShards());
            get(drive.stage(new DataId(1, 2), 0, ByteBuffer.wrap(bytes(10, 1))));
            passAfterMinutes(resolver, 3);
            assertEquals(1, store.stagedShards(), "a write of this process may be about to name it");
        }
    }

    private void passAfterMinutes(UnsettledResolver resolver, int times) {
        for (int i = 0; i < times; i++) {
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            get(resolver.pass());
        }
    }

    @Test
    void startedResolverSettlesByItself() {
        try (Store store = new Store(2, 2)) {
            leavePending(store, new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8("left")), 2);
            UnsettledResolver resolver = UnsettledResolver.start(
                    store.register, new Identifiers(), List.copyOf(store.drives), threads, threads);
            Store.eventually(() -> isAllSettled(store), "the pending write is settled");
            resolver.close();
        }
    }
}
