package io.azekura.actors.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveEngine;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real drive whose index is damaged on the disk while it serves: nothing is lost, and the node is not started again. */
class DamagedIndexTest {
    private static final int MIB = 1 << 20;
    private static final int KEYS = 300;
    private static final DriveId ID = new DriveId(new UUID(1, 2));
    private static final DriveSettings SETTINGS = new DriveSettings(
            new LogSettings(4 * MIB, 2 * MIB, 4, 5, true), new IndexSettings(MIB, 64 * 1024, false, 64, 0), 0);
    private static final Duration REBUILD_MAX = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final ActorTestKit kit = ActorTestKit.create();
    private final ExecutorService io = Executors.newCachedThreadPool();
    private final DriveHandle handle = new DriveHandle(ID, Path.of("d1"));

    private record Mounted(DriveEngine engine) implements MountedDrive {
        @Override
        public Drive drive() {
            return engine;
        }

        @Override
        public void checkIdentity() {
            engine.verifyIdentity();
        }

        @Override
        public void close() throws IOException {
            engine.close();
        }
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        io.shutdown();
    }

    private DriveEngine open(Consumer<IOException> onFault) throws IOException {
        return DriveEngine.open(directory, ID, SETTINGS, new AlignedBufferPool(MIB), onFault);
    }

    private static RegisterKey key(int number) {
        return new RegisterKey(7, Bytes.utf8("key " + number));
    }

    private static Accept accept(int number, long counter) {
        State state = new State(State.Kind.TOMBSTONE, Bytes.utf8("value " + number), Content.NONE, List.of(), 1, 1);
        return new Accept(key(number), new Ballot(counter, 1), state, 0, null);
    }

    @Test
    void itAnswersUnknownRebuildsAndServesAgain() throws Exception {
        DriveEngine.create(directory, ID, SETTINGS);
        try (DriveEngine engine = open(fault -> {})) {
            for (int i = 0; i < KEYS; i++) {
                assertInstanceOf(
                        Accepted.class,
                        engine.accept(accept(i, 1 + i)).toCompletableFuture().get());
            }
        }
        ActorRef<DriveActor.Command> actor =
                kit.spawn(DriveActor.create(handle, faults -> new Mounted(open(faults)), io, Duration.ofMillis(20)));
        TestProbe<DriveActor.MountReply> probe = kit.createTestProbe();
        actor.tell(new DriveActor.AwaitMount(probe.getRef()));
        assertInstanceOf(DriveActor.Mounted.class, probe.receiveMessage(REBUILD_MAX));
        damageTables();
        int unknown = 0;
        for (int i = 0; i < KEYS; i++) {
            Object read = handle.read(key(i));
            assertFalse(read instanceof Nothing, "a row that is there was answered as not there");
            unknown += read instanceof Unknown ? 1 : 0;
        }
        assertTrue(unknown > 0, "no read met the damage");
        kit.createTestProbe().awaitAssert(REBUILD_MAX, () -> {
            assertInstanceOf(Found.class, handle.read(key(0)));
            return null;
        });
        for (int i = 0; i < KEYS; i++) {
            Found found = assertInstanceOf(Found.class, handle.read(key(i)));
            assertEquals(new Ballot(1 + i, 1), found.row().accepted());
        }
        assertInstanceOf(
                Accepted.class,
                handle.accept(accept(1, 1L << 40)).toCompletableFuture().get());
        assertTrue(Files.isDirectory(directory.resolve("index.damaged")));
        kit.stop(actor);
        kit.createTestProbe().awaitAssert(REBUILD_MAX, () -> {
            assertFalse(Files.exists(directory.resolve("index.open")), "closed in order");
            return null;
        });
    }

    /** In place, as a bad disk would: LevelDB has the files mapped. */
    private void damageTables() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("index"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".sst")).toList()) {
                try (FileChannel table = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    for (long at = 100; at < table.size() - 1000; at += 1000) {
                        table.write(ByteBuffer.wrap(new byte[] {(byte) 0xA5, 0x5A}), at);
                    }
                }
            }
        }
    }
}
