package io.azekura.persistence.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LevelDbStoreIT {
    private static final IndexSettings SETTINGS = new IndexSettings(1 << 20, 64 * 1024, false, 64, 0);

    private static final int TRIALS = 20;

    /** Enough for several tables of the smallest size. */
    private static final int BATCHES_BEFORE_REOPENING = 280;

    private static final int BATCHES = 300;

    @TempDir
    Path directory;

    @Test
    void randomOperationsAgreeWithAMapAcrossReopening() throws Exception {
        Random random = new Random(20_261_123);
        NavigableMap<RegisterKey, StoredSlot> model = new TreeMap<>();
        for (int round = 0; round < 4; round++) {
            try (DriveIndex index = DriveIndex.open(directory, SETTINGS)) {
                for (int step = 0; step < 300; step++) {
                    writeRandomly(index, model, random, step);
                }
                for (long space = 0; space < 3; space++) {
                    assertSameFrom(index, model, new RegisterKey(space, randomKey(random)));
                }
                for (int i = 0; i < 100; i++) {
                    RegisterKey key = new RegisterKey(random.nextInt(3), randomKey(random));
                    assertEquals(model.get(key), index.get(key));
                }
            }
        }
    }

    @Test
    void crashTakesTheIndexBackToOneOfItsCheckpointsAndOrderlyCloseToTheLast() throws Exception {
        Path crashed = directory.resolve("crashed");
        Path closed = directory.resolve("closed");
        List<Map<RegisterKey, StoredSlot>> history = writeHistory(closed, crashed, new Random(3));
        assertEquals(BATCHES, sequence(closed));
        assertTrue(sequence(crashed) >= BATCHES_BEFORE_REOPENING && sequence(crashed) < BATCHES);
        assertTrue(readsOnlyTruth(closed, history));
        assertTrue(readsOnlyTruth(crashed, history));
    }

    @Test
    void flippedBitsInAnyFileNeverGiveAValueOtherThanTheCheckpointTells() throws Exception {
        Random random = new Random(7);
        Path crashed = directory.resolve("crashed");
        List<Map<RegisterKey, StoredSlot>> history = writeHistory(directory.resolve("closed"), crashed, random);
        int noticed = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Path damaged = directory.resolve("damaged" + trial);
            copy(crashed, damaged);
            flipOneBit(damaged, random);
            noticed += readsOnlyTruth(damaged, history) ? 0 : 1;
        }
        assertTrue(noticed > TRIALS / 2, "only " + noticed + " of " + TRIALS + " flips were noticed");
    }

    @Test
    void closedStoreAndItsCursorsThrowInsteadOfCrashing() throws Exception {
        LevelDbStore store = LevelDbStore.open(directory, SETTINGS);
        store.write(List.of(put(1, 2)));
        KeyValueStore.Cursor open = store.cursor(new byte[0]);
        assertTrue(open.next());
        store.close();
        store.close();
        assertThrows(IOException.class, open::next);
        assertArrayEquals(new byte[] {1}, open.key());
        open.close();
        open.close();
        assertThrows(IOException.class, () -> store.get(new byte[] {1}));
        assertThrows(IOException.class, () -> store.cursor(new byte[0]));
        assertThrows(IOException.class, () -> store.write(List.of()));
    }

    @Test
    @Timeout(60)
    void closingAmidReadsScansAndWritesWaitsForNoCursorAndMakesAllOfThemThrow() throws Exception {
        for (int round = 0; round < 20; round++) {
            LevelDbStore store = LevelDbStore.open(directory.resolve("round" + round), SETTINGS);
            for (int i = 0; i < 100; i++) {
                store.write(List.of(put(i, i)));
            }
            KeyValueStore.Cursor leftOpen = store.cursor(new byte[0]);
            assertTrue(leftOpen.next());
            CountDownLatch busy = new CountDownLatch(3);
            List<CompletableFuture<Void>> users = List.of(
                    untilClosed(busy, () -> store.get(new byte[] {5})),
                    untilClosed(busy, () -> store.write(List.of(put(7, 1)))),
                    untilClosed(busy, () -> {
                        try (KeyValueStore.Cursor cursor = store.cursor(new byte[0])) {
                            while (cursor.next()) {
                                assertTrue(cursor.key().length > 0);
                            }
                        }
                    }));
            busy.await();
            store.close();
            for (CompletableFuture<Void> user : users) {
                user.get();
            }
            assertThrows(IOException.class, leftOpen::next);
            leftOpen.close();
        }
    }

    private interface Use {
        void run() throws IOException;
    }

    /** Repeats until the store says that it is closed; anything but that fails. */
    private static CompletableFuture<Void> untilClosed(CountDownLatch busy, Use use) {
        Runnable user = () -> {
            boolean isFirst = true;
            while (true) {
                try {
                    use.run();
                } catch (IOException closed) {
                    assertTrue(String.valueOf(closed.getMessage()).contains("closed"), closed.getMessage());
                    return;
                }
                if (isFirst) {
                    isFirst = false;
                    busy.countDown();
                }
            }
        };
        // A thread of its own: the common pool may be smaller than the number of users.
        return CompletableFuture.runAsync(user, task -> new Thread(task, "user").start());
    }

    @Test
    void closedCursorThrowsInsteadOfCrashing() throws Exception {
        try (LevelDbStore store = LevelDbStore.open(directory, SETTINGS)) {
            KeyValueStore.Cursor cursor = store.cursor(new byte[0]);
            cursor.close();
            assertThrows(IOException.class, cursor::next);
        }
    }

    @Test
    void cursorSeesWhatWasThereWhenItWasOpened() throws Exception {
        try (LevelDbStore store = LevelDbStore.open(directory, SETTINGS)) {
            store.write(List.of(put(1, 2)));
            try (KeyValueStore.Cursor cursor = store.cursor(new byte[0])) {
                store.write(List.of(remove(1), put(2, 2)));
                assertTrue(cursor.next());
                assertArrayEquals(new byte[] {1}, cursor.key());
                assertFalse(cursor.next());
            }
            assertNull(store.get(new byte[] {1}));
        }
    }

    @Test
    void secondOwnerOfTheDirectoryIsRefused() throws Exception {
        try (LevelDbStore store = LevelDbStore.open(directory, SETTINGS)) {
            assertThrows(IOException.class, () -> LevelDbStore.open(directory, SETTINGS));
            assertNull(store.get(new byte[] {1}));
        }
    }

    @Test
    void fullFileSystemIsNotTouched() {
        IndexSettings demanding = new IndexSettings(1 << 20, 64 * 1024, false, 64, Long.MAX_VALUE);
        assertThrows(NoSpaceException.class, () -> LevelDbStore.open(directory, demanding));
    }

    private static KeyValueStore.Change put(int key, int value) {
        return new KeyValueStore.Change(Bytes.wrap(new byte[] {(byte) key}), Bytes.wrap(new byte[] {(byte) value}));
    }

    private static KeyValueStore.Change remove(int key) {
        return new KeyValueStore.Change(Bytes.wrap(new byte[] {(byte) key}), null);
    }

    /** Writes a history, the last batches of it after reopening, and copies the index as a crash would leave it. */
    private static List<Map<RegisterKey, StoredSlot>> writeHistory(Path path, Path crashed, Random random)
            throws IOException {
        List<Map<RegisterKey, StoredSlot>> history = new ArrayList<>();
        history.add(Map.of());
        NavigableMap<RegisterKey, StoredSlot> model = new TreeMap<>();
        try (DriveIndex index = DriveIndex.open(path, SETTINGS)) {
            while (history.size() <= BATCHES_BEFORE_REOPENING) {
                writeRandomly(index, model, random, history.size());
                history.add(new TreeMap<>(model));
            }
        }
        try (DriveIndex index = DriveIndex.open(path, SETTINGS)) {
            while (history.size() <= BATCHES) {
                writeRandomly(index, model, random, history.size());
                history.add(new TreeMap<>(model));
            }
            copy(path, crashed);
        }
        return history;
    }

    private static long sequence(Path path) throws IOException {
        try (DriveIndex index = DriveIndex.open(path, SETTINGS)) {
            @Nullable IndexCheckpoint checkpoint = index.checkpoint();
            return checkpoint == null ? 0 : checkpoint.sequence();
        }
    }

    private static void writeRandomly(DriveIndex index, Map<RegisterKey, StoredSlot> model, Random random, long step)
            throws IOException {
        IndexBatch batch = new IndexBatch();
        for (int i = random.nextInt(4); i >= 0; i--) {
            RegisterKey key = new RegisterKey(random.nextInt(3), randomKey(random));
            if (random.nextInt(4) == 0) {
                batch.removeSlot(key);
                model.remove(key);
            } else {
                StoredSlot slot = DriveIndexTest.slot(random.nextInt(1000));
                batch.putSlot(key, slot);
                model.put(key, slot);
            }
        }
        index.write(batch.putCheckpoint(new IndexCheckpoint(1, 1, step)));
    }

    private static Bytes randomKey(Random random) {
        return Bytes.utf8(Integer.toString(random.nextInt(400)));
    }

    private static void assertSameFrom(DriveIndex index, NavigableMap<RegisterKey, StoredSlot> model, RegisterKey from)
            throws IOException {
        List<RegisterKey> expected = new ArrayList<>();
        for (RegisterKey key : model.tailMap(from, true).keySet()) {
            if (key.space() == from.space()) {
                expected.add(key);
            }
        }
        List<RegisterKey> found = new ArrayList<>();
        try (SlotCursor cursor = index.slots(from.space(), from.key())) {
            while (cursor.next()) {
                assertEquals(model.get(cursor.key()), cursor.slot());
                found.add(cursor.key());
            }
        }
        assertEquals(expected, found);
    }

    /** False when the damage was noticed; fails when a value is not the one that the checkpoint stands for. */
    private static boolean readsOnlyTruth(Path damaged, List<Map<RegisterKey, StoredSlot>> history) {
        int missing = 0;
        try (DriveIndex index = DriveIndex.open(damaged, SETTINGS)) {
            @Nullable IndexCheckpoint checkpoint = index.checkpoint();
            int step = checkpoint == null ? 0 : (int) checkpoint.sequence();
            for (Map.Entry<RegisterKey, StoredSlot> entry : history.get(step).entrySet()) {
                @Nullable StoredSlot found = index.get(entry.getKey());
                if (found == null) {
                    missing++;
                } else {
                    assertEquals(entry.getValue(), found);
                }
            }
        } catch (IOException noticed) {
            return false;
        }
        return missing == 0;
    }

    private static void flipOneBit(Path index, Random random) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(index)) {
            for (Path file : stream) {
                if (Files.size(file) > 0 && !String.valueOf(file.getFileName()).startsWith("LOG")) {
                    files.add(file);
                }
            }
        }
        Collections.sort(files);
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(from)) {
            for (Path file : stream) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
            }
        }
    }
}
