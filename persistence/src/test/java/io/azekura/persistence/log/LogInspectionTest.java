package io.azekura.persistence.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogInspectionTest {
    private static final UUID DRIVE = new UUID(1, 2);
    private static final LogSettings SMALL = new LogSettings(256 * 1024, 64 * 1024, 2, 5, false);

    @TempDir
    Path directory;

    @Test
    void inspectionShowsEveryRecordUpToATornBatchAndChangesNothing() throws Exception {
        DriveLog.create(directory, DRIVE, SMALL);
        LogPoint end;
        CollectingListener listener = new CollectingListener();
        try (DriveLog log = DriveLog.open(
                directory, DRIVE, SMALL, SegmentChannel.Opener.FILES, LogPoint.START, new CollectedRecords())) {
            log.start(listener);
            for (int i = 0; i < 20; i++) {
                listener.append(log, BytesEntry.random(new Random(i), 1_000)).get(30, TimeUnit.SECONDS);
            }
            end = log.end();
        }
        Path segment = directory.resolve("segment-0000000000000000.log");
        try (FileChannel torn = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            torn.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), end.offset());
        }
        byte[] before = Files.readAllBytes(segment);

        CollectedRecords seen = new CollectedRecords();
        assertEquals(end, DriveLog.inspect(directory, DRIVE, seen));
        assertEquals(20, seen.records.size());
        assertNotEquals(LogPoint.START, end);
        assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(segment)));
    }
}
