package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
    private static final int WRITERS = 3;
    private static final int KEYS_OF_A_WRITER = 12;
    private static final int ROUNDS = 60;

    @TempDir
    Path temporary;

    private final Map<RegisterKey, Bytes> newest = new ConcurrentHashMap<>();
    private final Map<RegisterKey, DataId> ids = new ConcurrentHashMap<>();

    @Test
    void whatIsNeededOutlivesItsSegment() throws IOException {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        try (DriveEngine drive = directory.open()) {
            write(drive, Samples.key("in the row"), 1, 1_000);
            write(drive, Samples.key("in the log"), 2, 60_000);
            write(drive, Samples.key("in a file"), 3, 300_000);
            fill(drive, 20);
            assertTrue(drive.compactOldest());
            assertFalse(Files.exists(segment(directory, 0)));
            compare(drive);
        }
        deleteIndex(directory);
        try (DriveEngine rebuilt = directory.open()) {
            compare(rebuilt);
            while (rebuilt.compactOldest()) {
                compare(rebuilt);
            }
        }
        deleteIndex(directory);
        try (DriveEngine rebuilt = directory.open()) {
            compare(rebuilt);
        }
        assertEquals(List.of(), directory.faults());
    }

    @Test
    void aReaderGoesOnInASegmentThatIsGivenUp() throws IOException {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        RegisterKey key = Samples.key("read");
        try (DriveEngine drive = directory.open()) {
            write(drive, key, 1, 60_000);
            fill(drive, 20);
            try (Drive.ShardReader reader = drive.open(key, Objects.requireNonNull(ids.get(key)), 0)) {
                assertTrue(drive.compactOldest());
                assertTrue(Files.exists(segment(directory, 0)));
                assertEquals(newest.get(key), Samples.read(reader, 0, 60_000));
            }
            assertTrue(drive.compactOldest());
            assertFalse(Files.exists(segment(directory, 0)));
        }
    }

    @Test
    void theDriveBeginsWhereItsLogBegins() throws IOException {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        Path kept = temporary.resolve("segment");
        try (DriveEngine drive = directory.open()) {
            write(drive, Samples.key("a"), 1, 1_000);
            fill(drive, 40);
            Files.copy(segment(directory, 0), kept);
            assertTrue(drive.compactOldest());
            assertTrue(drive.compactOldest());
        }
        Files.copy(kept, segment(directory, 0));
        try (DriveEngine drive = directory.open()) {
            assertFalse(Files.exists(segment(directory, 0)), "left over from before");
            compare(drive);
        }
        Files.delete(segment(directory, 2));
        deleteIndex(directory);
        CorruptException missing = null;
        try (DriveEngine drive = directory.open()) {
            drive.id();
        } catch (CorruptException e) {
            missing = e;
        }
        assertInstanceOf(CorruptException.class, missing, "a segment that is needed is missing");
    }

    @Test
    void aFenceOutlivesItsSegment() throws IOException {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        try (DriveEngine drive = directory.open()) {
            await(drive.fence(Samples.SPACE, 6, false));
            await(drive.fence(Samples.SPACE, 7, true));
            fill(drive, 20);
            assertTrue(drive.compactOldest());
        }
        deleteIndex(directory);
        try (DriveEngine rebuilt = directory.open()) {
            Accept accept = new Accept(Samples.key("a"), Samples.ballot(1), Samples.tombstone(1), 0, null);
            assertEquals(new Fenced(7, true), await(rebuilt.accept(accept)));
        }
    }

    @Test
    void aDamagedSegmentStays() throws IOException {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        try (DriveEngine drive = directory.open()) {
            write(drive, Samples.key("a"), 1, 60_000);
            fill(drive, 20);
            try (FileChannel channel = FileChannel.open(segment(directory, 0), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1).put(0, (byte) 0x55), 500_000);
            }
            CorruptException damage = null;
            try {
                drive.compactOldest();
            } catch (CorruptException e) {
                damage = e;
            }
            assertInstanceOf(CorruptException.class, damage);
            assertTrue(Files.exists(segment(directory, 0)));
            compare(drive);
        }
    }

    @Test
    void deadSpaceIsGivenBackByItselfWhileManyWrite() throws Exception {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        try (DriveEngine drive = directory.open(new CompactionSettings(0.3, 1L << 30))) {
            AtomicBoolean isOver = new AtomicBoolean();
            Thread compacting = thread(wrong, () -> {
                while (!isOver.get()) {
                    drive.compactOldest();
                }
            });
            Thread reading = thread(wrong, () -> {
                while (!isOver.get()) {
                    compareSome(drive);
                }
            });
            List<Thread> writing = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writing.add(thread(wrong, () -> writeMany(drive, number)));
            }
            for (Thread thread : writing) {
                thread.join();
            }
            isOver.set(true);
            compacting.join();
            reading.join();
            compare(drive);
        }
        if (wrong.get() != null) {
            throw new AssertionError(wrong.get());
        }
        deleteIndex(directory);
        try (DriveEngine rebuilt = directory.open()) {
            compare(rebuilt);
        }
        assertEquals(List.of(), directory.faults());
    }

    private interface Task {
        void run() throws IOException;
    }

    private static Thread thread(AtomicReference<Throwable> wrong, Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException | RuntimeException | AssertionError e) {
                wrong.accumulateAndGet(e, (first, later) -> first == null ? later : first);
            }
        });
        thread.start();
        return thread;
    }

    private void writeMany(DriveEngine drive, int writer) throws IOException {
        Random random = new Random(writer);
        for (int round = 1; round <= ROUNDS; round++) {
            for (int i = 0; i < KEYS_OF_A_WRITER; i++) {
                int length =
                        switch (random.nextInt(8)) {
                            case 0 -> 200_000;
                            case 1, 2, 3 -> 1 + random.nextInt(40_000);
                            default -> 1 + random.nextInt(Content.WHOLE_BYTES_MAX);
                        };
                write(drive, Samples.key(writer + "/" + i), round, length);
            }
        }
    }

    /** As a gateway does: stages, has the row accepted and tells that it was chosen. */
    private void write(DriveEngine drive, RegisterKey key, long round, int length) throws IOException {
        DataId id = new DataId(key.hashCode(), round);
        Bytes body = Samples.bytes(id.process() ^ round, length);
        Accept accept;
        if (length <= Content.WHOLE_BYTES_MAX) {
            accept = new Accept(key, Samples.ballot(round), Samples.live(Samples.whole(id, body), round), 0, body);
        } else {
            if (length <= 100_000) {
                await(drive.stage(id, 0, body.buffer()));
            } else {
                Samples.write(drive, id, 0, body);
            }
            accept = new Accept(
                    key, Samples.ballot(round), Samples.live(Samples.sharded(id, List.of(0, 1, 2, 3)), round), 0, null);
        }
        assertInstanceOf(Accepted.class, await(drive.accept(accept)));
        ids.put(key, id);
        newest.put(key, body);
        drive.settle(key, Samples.ballot(round));
    }

    private static void fill(DriveEngine drive, int records) {
        List<CompletionStage<Void>> staged = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            DataId id = new DataId(0xF111, i);
            staged.add(drive.stage(id, 0, ByteBuffer.allocate(DriveEngine.RECORD_BYTES_MAX / 2)));
            drive.discard(id);
        }
        staged.forEach(Samples::await);
    }

    private void compareSome(DriveEngine drive) throws IOException {
        for (RegisterKey key : newest.keySet()) {
            if (drive.read(key) instanceof Found found
                    && found.row().state().content() instanceof Content.Whole whole) {
                try {
                    assertEquals(
                            whole.length(), drive.readWhole(key, whole.id()).length());
                } catch (java.nio.file.NoSuchFileException replaced) {
                    assertReplaced(drive, key, whole.id());
                }
            }
        }
    }

    /** A body is gone only when a newer row took its place. */
    private static void assertReplaced(DriveEngine drive, RegisterKey key, DataId id) {
        if (drive.read(key) instanceof Found now && now.row().state().content() instanceof Content.Whole whole) {
            assertFalse(whole.id().equals(id), "the body of a row that is still there is gone");
        }
    }

    private void compare(DriveEngine drive) throws IOException {
        for (Map.Entry<RegisterKey, Bytes> entry : new HashMap<>(newest).entrySet()) {
            RegisterKey key = entry.getKey();
            DataId id = Objects.requireNonNull(ids.get(key));
            Found found = assertInstanceOf(Found.class, drive.read(key));
            assertEquals(id, SlotChanges.dataId(found.row().state().content()));
            if (found.row().state().content() instanceof Content.Whole) {
                assertEquals(entry.getValue(), drive.readWhole(key, id));
            } else {
                try (Drive.ShardReader reader = drive.open(key, id, 0)) {
                    Bytes body = entry.getValue();
                    assertEquals(body, Samples.read(reader, 0, body.length()));
                }
            }
        }
    }

    private static void deleteIndex(DriveDirectory directory) throws IOException {
        DriveSequence.deleteTree(directory.path().resolve(DriveRecovery.INDEX));
    }

    private static Path segment(DriveDirectory directory, int number) {
        String name = String.format(Locale.ROOT, "segment-%016x.log", number);
        return directory.path().resolve(DriveRecovery.LOG).resolve(name);
    }
}
