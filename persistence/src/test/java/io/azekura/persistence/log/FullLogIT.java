package io.azekura.persistence.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.drive.SmallMount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log on a file system that has no room for another segment. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FullLogIT {
    private static final UUID DRIVE = new UUID(7, 8);
    private static final int MIB = 1 << 20;
    private static final LogSettings SETTINGS = new LogSettings(2 * MIB, MIB / 2, 2, 5, true);
    private static final int LARGE = 200_000;
    private static final int MOST = 1000;

    @TempDir
    Path temporary;

    private final Fates fates = new Fates();

    /** What became of the entries, in order. */
    private static final class Fates implements LogListener {
        private final List<LogEntry> committed = new ArrayList<>();
        private final List<LogEntry> refused = new ArrayList<>();
        private final List<LogEntry> failed = new ArrayList<>();

        @Override
        public synchronized void onCommitted(List<CommittedEntry> batch, LogPoint end) {
            batch.forEach(one -> committed.add(one.entry()));
            notifyAll();
        }

        @Override
        public synchronized void onRefused(List<LogEntry> batch, NoSpaceException cause) {
            refused.addAll(batch);
            notifyAll();
        }

        @Override
        public synchronized void onFailed(List<LogEntry> batch, IOException cause) {
            failed.addAll(batch);
            notifyAll();
        }

        synchronized boolean isCommitted(LogEntry entry) throws InterruptedException {
            while (!committed.contains(entry) && !refused.contains(entry)) {
                assertTrue(failed.isEmpty(), "the log is faulty");
                wait();
            }
            return committed.contains(entry);
        }
    }

    private record Sized(long number, int length) implements LogEntry {
        @Override
        public byte type() {
            return 1;
        }

        @Override
        public void writeTo(ByteBuffer target) {
            target.putLong(number).put(new byte[length - Long.BYTES]);
        }
    }

    private boolean append(DriveLog log, long number, int length) throws InterruptedException {
        LogEntry entry = new Sized(number, length);
        assertTrue(log.append(entry));
        return fates.isCommitted(entry);
    }

    @ParameterizedTest
    @EnumSource(SmallMount.Kind.class)
    void whatDoesNotFitIsRefusedAndWrittenWhenThereIsRoomAgain(SmallMount.Kind kind) throws Exception {
        try (SmallMount mount = SmallMount.of(kind, temporary, 32)) {
            Path directory = mount.directory().resolve("log");
            DriveLog.create(directory, DRIVE, SETTINGS);
            DriveLog log = open(directory, new Unseen());
            log.start(fates);
            mount.fill().waitFor();
            long number = 0;
            while (append(log, number, LARGE)) {
                number++;
                assertTrue(number < MOST, "a full file system takes everything");
            }
            assertTrue(append(log, MOST, 100), "what fits the present segment is written");
            assertNull(log.fault());
            mount.empty();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!append(log, number + MOST + 1, LARGE)) {
                assertTrue(System.nanoTime() < until, "the log stays full");
                number++;
            }
            log.close();
            Unseen seen = new Unseen();
            open(directory, seen).close();
            assertEquals(fates.committed.size(), seen.records, "what was refused has appeared, or the rest has not");
            assertEquals(List.of(), fates.failed);
        }
    }

    @Test
    void aSegmentIsSmallerWhereRoomIsShortAndLeavesWhatIsToBeKept() {
        LogSettings settings = SETTINGS.withKeptFree(10 * MIB);
        assertEquals(2 * MIB, NextSegment.fittingBytes(settings, 12 * MIB));
        assertEquals(MIB, NextSegment.fittingBytes(settings, 12 * MIB - 1));
        assertEquals(MIB, NextSegment.fittingBytes(settings, 11 * MIB));
        assertEquals(0, NextSegment.fittingBytes(settings, 11 * MIB - 1));
        assertEquals(0, NextSegment.fittingBytes(settings, 0));
    }

    private static DriveLog open(Path directory, RecordVisitor visitor) throws IOException {
        assertTrue(Files.isDirectory(directory));
        return DriveLog.open(directory, DRIVE, SETTINGS, SegmentChannel.Opener.FILES, LogPoint.START, visitor);
    }

    private static final class Unseen implements RecordVisitor {
        private int records;

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) {
            records++;
        }

        @Override
        public void onBatchEnd(LogPoint end) {}
    }
}
