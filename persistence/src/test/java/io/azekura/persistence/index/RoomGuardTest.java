package io.azekura.persistence.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomGuardTest {
    @TempDir
    Path directory;

    @Test
    void theNearerTheFloorTheMoreOftenItLooks() {
        assertEquals(250, RoomGuard.pauseMillis(1L << 40));
        assertEquals(25, RoomGuard.pauseMillis(100_000_000));
        assertEquals(1, RoomGuard.pauseMillis(0));
    }

    @Test
    void itCallsWhenThereIsLessThanTheFloor() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        RoomGuard guard = new RoomGuard(directory, Long.MAX_VALUE, called::countDown);
        guard.start();
        assertTrue(called.await(10, TimeUnit.SECONDS));
    }

    @Test
    void anAbandonedIndexThrowsAndIsNotOpenedWithoutRoom() throws Exception {
        IndexSettings settings = new IndexSettings(1 << 20, 64 * 1024, false, 64, 0);
        try (DriveIndex index = DriveIndex.open(directory, settings)) {
            index.write(new IndexBatch().putCheckpoint(new IndexCheckpoint(1, 1, 1)));
            index.abandon();
            assertThrows(IOException.class, index::checkpoint);
        }
        IndexSettings demanding = settings.withReserve(Long.MAX_VALUE);
        assertThrows(NoSpaceException.class, () -> DriveIndex.open(directory, demanding));
    }
}
