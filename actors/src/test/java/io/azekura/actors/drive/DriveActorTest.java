package io.azekura.actors.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveFaultException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.drive.IndexDoubtException;
import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DriveActorTest {
    private static final RegisterKey KEY = new RegisterKey(1, Bytes.utf8("k"));
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final ActorTestKit kit = ActorTestKit.create();
    private final ExecutorService io = Executors.newCachedThreadPool();
    private final DriveHandle handle = new DriveHandle(new DriveId(UUID.randomUUID()), Path.of("d1"));
    private final Engine engine = new Engine();

    /** An engine in memory whose life the tests decide. */
    private static final class Engine implements MountedDrive {
        private final MemoryDrive drive = new MemoryDrive();
        private final CountDownLatch mayOpen = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean isSwapped;
        private volatile Consumer<IOException> onFault = fault -> {};

        private MountedDrive open(Consumer<IOException> faults) {
            try {
                mayOpen.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            onFault = faults;
            return this;
        }

        @Override
        public Drive drive() {
            return drive;
        }

        @Override
        public void checkIdentity() throws IOException {
            if (isSwapped) {
                throw new IOException("another drive is there");
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @AfterEach
    void stop() {
        engine.mayOpen.countDown();
        kit.shutdownTestKit();
        io.shutdown();
    }

    private ActorRef<DriveActor.Command> spawn(MountedDrive.Opener opener) {
        return kit.spawn(DriveActor.create(handle, opener, io, OFTEN));
    }

    private DriveActor.MountReply awaitMount(ActorRef<DriveActor.Command> actor) {
        TestProbe<DriveActor.MountReply> probe = kit.createTestProbe();
        actor.tell(new DriveActor.AwaitMount(probe.getRef()));
        return probe.receiveMessage();
    }

    private DriveStatus status(ActorRef<DriveActor.Command> actor) {
        TestProbe<DriveStatus> probe = kit.createTestProbe();
        actor.tell(new DriveActor.GetStatus(probe.getRef()));
        return probe.receiveMessage();
    }

    private void awaitFaulty(ActorRef<DriveActor.Command> actor) {
        kit.createTestProbe().awaitAssert(() -> {
            assertFalse(handle.isMounted());
            return assertEquals0(DriveStatus.Condition.FAULTY, status(actor).condition());
        });
    }

    private static Void assertEquals0(Object expected, Object actual) {
        assertEquals(expected, actual);
        return null;
    }

    @Test
    void untilItIsMountedADriveAnswersUnknown() throws Exception {
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        assertEquals(DriveStatus.Condition.FAULTY, status(actor).condition());
        assertInstanceOf(Unknown.class, handle.read(KEY));
        assertInstanceOf(
                Unknown.class,
                handle.prepare(new Prepare(KEY, new Ballot(1, 1)))
                        .toCompletableFuture()
                        .get());
        assertThrows(DriveFaultException.class, () -> handle.scan(1, Bytes.EMPTY));
        assertThrows(DriveFaultException.class, () -> handle.create(new DataId(1, 1), 0, 1));
        assertTrue(handle.fence(1, 1, true).toCompletableFuture().isCompletedExceptionally());
        assertEquals(List.of(), handle.unsettled(Duration.ZERO));
    }

    @Test
    void mountedDriveServesThroughItsHandle() {
        engine.mayOpen.countDown();
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        DriveActor.Mounted mounted = assertInstanceOf(DriveActor.Mounted.class, awaitMount(actor));
        assertEquals(DriveStatus.Condition.ONLINE, mounted.status().condition());
        assertInstanceOf(Nothing.class, handle.read(KEY));
    }

    @Test
    void driveThatCannotBeOpenedSaysWhy() {
        ActorRef<DriveActor.Command> actor = spawn(onFault -> {
            throw new IOException("log segment 3 is damaged");
        });
        DriveActor.NotMounted reply = assertInstanceOf(DriveActor.NotMounted.class, awaitMount(actor));
        assertEquals("log segment 3 is damaged", reply.reason());
        assertEquals(DriveStatus.Condition.FAULTY, status(actor).condition());
        assertTrue(status(actor).reason().contains("log segment 3 is damaged"));
    }

    @Test
    void driveWithoutRoomIsClosedAndOpenedAgainWhenThereIsRoom() throws Exception {
        engine.mayOpen.countDown();
        Engine second = new Engine();
        second.mayOpen.countDown();
        CountDownLatch hasRoom = new CountDownLatch(1);
        List<MountedDrive.Opener> openers = new CopyOnWriteArrayList<>(List.of(engine::open));
        ActorRef<DriveActor.Command> actor = spawn(onFault -> {
            if (!openers.isEmpty()) {
                return openers.remove(0).open(onFault);
            }
            if (hasRoom.getCount() > 0) {
                throw new NoSpaceException("d1", 0, 1);
            }
            return second.open(onFault);
        });
        awaitMount(actor);
        engine.onFault.accept(new NoSpaceException("d1", 0, 1));
        engine.closed.await();
        assertEquals(DriveStatus.Condition.FULL, status(actor).condition());
        assertInstanceOf(Unknown.class, handle.read(KEY));
        hasRoom.countDown();
        kit.createTestProbe()
                .awaitAssert(() -> assertEquals0(
                        DriveStatus.Condition.ONLINE, status(actor).condition()));
        assertInstanceOf(Nothing.class, handle.read(KEY));
    }

    @Test
    void faultTakesTheDriveOutOfService() {
        engine.mayOpen.countDown();
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        awaitMount(actor);
        engine.onFault.accept(new IOException("sync failed"));
        awaitFaulty(actor);
        assertInstanceOf(Unknown.class, handle.read(KEY));
        assertEquals(1, engine.closed.getCount(), "requests may still be in the engine");
    }

    @Test
    void driveThatDoubtsItsIndexIsOpenedAgainAndServes() throws Exception {
        engine.mayOpen.countDown();
        Engine rebuilt = new Engine();
        List<Engine> engines = new ArrayList<>(List.of(engine, rebuilt));
        ActorRef<DriveActor.Command> actor = spawn(faults -> {
            if (engines.size() == 1) {
                assertEquals(0, engine.closed.getCount(), "one engine at a time");
            }
            return engines.remove(0).open(faults);
        });
        awaitMount(actor);
        engine.onFault.accept(new IndexDoubtException("index in doubt", new IOException("table 5")));
        engine.closed.await();
        awaitFaulty(actor);
        assertTrue(
                status(actor).reason().contains("rebuilding its index"),
                status(actor).reason());
        assertInstanceOf(Unknown.class, handle.read(KEY));
        engine.onFault.accept(new IOException("told late, of an engine that is closed"));
        rebuilt.mayOpen.countDown();
        kit.createTestProbe().awaitAssert(() -> assertEquals0(true, handle.isMounted()));
        assertInstanceOf(Nothing.class, handle.read(KEY));
        kit.stop(actor);
        rebuilt.closed.await();
    }

    @Test
    void driveWhoseIndexIsDamagedAgainAndAgainStaysOutOfService() {
        List<Engine> engines = Collections.synchronizedList(new ArrayList<>());
        ActorRef<DriveActor.Command> actor = spawn(faults -> {
            Engine next = new Engine();
            next.mayOpen.countDown();
            MountedDrive opened = next.open(faults);
            engines.add(next);
            return opened;
        });
        awaitMount(actor);
        for (int rebuild = 1; rebuild <= 4; rebuild++) {
            int openings = rebuild;
            kit.createTestProbe().awaitAssert(() -> {
                assertEquals(openings, engines.size());
                return assertEquals0(true, handle.isMounted());
            });
            engines.get(rebuild - 1)
                    .onFault
                    .accept(new IndexDoubtException("index in doubt", new IOException("table " + rebuild)));
        }
        awaitFaulty(actor);
        kit.createTestProbe()
                .awaitAssert(() -> assertEquals0(true, status(actor).reason().startsWith("faulty: ")));
        assertEquals(4, engines.size());
    }

    @Test
    void driveThatWasSwappedIsTakenOutOfService() {
        engine.mayOpen.countDown();
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        awaitMount(actor);
        engine.isSwapped = true;
        awaitFaulty(actor);
        assertTrue(status(actor).reason().contains("another drive is there"));
    }

    @Test
    void stoppingClosesTheEngine() throws Exception {
        engine.mayOpen.countDown();
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        awaitMount(actor);
        kit.stop(actor);
        engine.closed.await();
        assertFalse(handle.isMounted());
    }

    @Test
    void engineThatOpensAfterTheStopIsClosedToo() throws Exception {
        ActorRef<DriveActor.Command> actor = spawn(engine::open);
        kit.stop(actor);
        engine.mayOpen.countDown();
        engine.closed.await();
        assertFalse(handle.isMounted());
    }
}
