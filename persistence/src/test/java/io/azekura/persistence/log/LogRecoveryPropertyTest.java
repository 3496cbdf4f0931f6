package io.azekura.persistence.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Crashes and damage at every place of small logs, in whole blocks and in bits. */
class LogRecoveryPropertyTest {
    private static final UUID DRIVE = new UUID(0x1122334455667788L, 0x99aabbccddeeff00L);
    private static final int BLOCK = SegmentFormat.BLOCK_BYTES;
    private static final LogSettings SETTINGS = new LogSettings(12L * BLOCK, 6 * BLOCK, 2, 5, false);

    private Path directory = Path.of("");

    /** A batch as it was written: its records, where it began, and how many bytes of it mean something. */
    private record Written(List<Bytes> payloads, LogPoint start, int meaningfulBytes, int paddedBytes) {}

    @BeforeTry
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("azekura-log");
    }

    @AfterTry
    void removeDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(LogRecoveryPropertyTest::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property(tries = 80, seed = "20261123")
    void aTornLastBatchIsAbsentAndEverythingBeforeItIsThere(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        DriveLog.create(directory, DRIVE, SETTINGS);
        List<Written> written = write(random, LogPoint.START, 1 + random.nextInt(12));
        Written last = written.get(written.size() - 1);
        int blocks = last.paddedBytes / BLOCK;
        boolean isWhole = true;
        for (int block = 0; block < blocks; block++) {
            if (random.nextBoolean()) {
                overwrite(last.start.segment(), last.start.offset() + (long) block * BLOCK, new byte[BLOCK]);
                isWhole = false;
            }
        }
        List<Bytes> expected = payloads(isWhole ? written : written.subList(0, written.size() - 1));
        assertEquals(expected, replay().payloads());

        List<Written> more = write(random, replay().end, 1 + random.nextInt(12));
        List<Bytes> all = new ArrayList<>(expected);
        all.addAll(payloads(more));
        assertEquals(all, replay().payloads());
    }

    @Property(tries = 80, seed = "20261124")
    void aFlippedBitBeforeTheLastBatchStopsTheMountAndChangesNothing(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        DriveLog.create(directory, DRIVE, SETTINGS);
        List<Written> written = write(random, LogPoint.START, 2 + random.nextInt(10));
        Written damaged = written.get(random.nextInt(written.size() - 1));
        int at = random.nextInt(damaged.meaningfulBytes);
        // The last four bytes of the header are padding.
        int inBatch = at >= 60 && at < 64 ? 59 : at;
        flip(damaged.start.segment(), damaged.start.offset() + inBatch, random.nextInt(8));
        List<Bytes> before = segments();
        assertThrows(CorruptException.class, this::replay);
        assertEquals(before, segments());
    }

    @Property(tries = 40, seed = "20261125")
    void aFlippedBitInTheHeaderOfAUsedSegmentStopsTheMount(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        DriveLog.create(directory, DRIVE, SETTINGS);
        List<Written> written = write(random, LogPoint.START, 1 + random.nextInt(12));
        long segment = written.get(random.nextInt(written.size())).start.segment();
        flip(segment, random.nextInt(60), random.nextInt(8));
        List<Bytes> before = segments();
        assertThrows(CorruptException.class, this::replay);
        assertEquals(before, segments());
    }

    @Property(tries = 40, seed = "20261126")
    void aSegmentThatIsMissingShorterOrMisplacedStopsTheMount(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        DriveLog.create(directory, DRIVE, SETTINGS);
        List<Written> written = write(random, LogPoint.START, 14);
        long last = written.get(written.size() - 1).start.segment();
        Path victim = file(random.nextInt((int) last));
        switch (random.nextInt(3)) {
            case 0 -> Files.delete(victim);
            case 1 -> {
                try (FileChannel channel = FileChannel.open(victim, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() - BLOCK);
                }
            }
            default -> Files.write(victim, Files.readAllBytes(file(last)));
        }
        assertThrows(CorruptException.class, this::replay);
    }

    @Property(tries = 40, seed = "20261127")
    void aTornSegmentHeaderWithoutBatchesIsAnUnusedSegment(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        DriveLog.create(directory, DRIVE, SETTINGS);
        List<Written> written = write(random, LogPoint.START, 1 + random.nextInt(8));
        long next = written.get(written.size() - 1).start.segment() + 1;
        byte[] garbage = new byte[512];
        random.nextBytes(garbage);
        overwrite(next, random.nextInt(8) * 512L, garbage);
        assertEquals(payloads(written), replay().payloads());
        List<Written> more = write(random, replay().end, 8);
        List<Bytes> all = new ArrayList<>(payloads(written));
        all.addAll(payloads(more));
        assertEquals(all, replay().payloads());
    }

    private CollectedRecords replay() throws IOException {
        CollectedRecords seen = new CollectedRecords();
        try (DriveLog log =
                DriveLog.open(directory, DRIVE, SETTINGS, SegmentChannel.Opener.FILES, LogPoint.START, seen)) {
            log.trim(0);
        }
        return seen;
    }

    /** Writes batches of random records at the end of the log, as the committer would. */
    private List<Written> write(Random random, LogPoint from, int batches) throws IOException {
        SegmentFiles files = new SegmentFiles(directory, SegmentChannel.Opener.FILES);
        LogRecovery.Tail tail = new LogRecovery(files, DRIVE).recover(from, new CollectedRecords());
        List<Written> written = new ArrayList<>();
        try (LogWriter writer = new LogWriter(files, DRIVE, SETTINGS, tail, "test")) {
            for (int i = 0; i < batches; i++) {
                List<LogEntry> entries = new ArrayList<>();
                int room = SETTINGS.batchBytesMax() - BatchFormat.HEADER_BYTES;
                int count = 1 + random.nextInt(6);
                for (int j = 0; j < count && room > BatchFormat.RECORD_HEADER_BYTES; j++) {
                    int lengthMax = Math.min(room - BatchFormat.RECORD_HEADER_BYTES, 1 << (1 + random.nextInt(15)));
                    BytesEntry entry = BytesEntry.random(random, random.nextInt(lengthMax + 1));
                    entries.add(entry);
                    room -= (int) LogWriter.framedBytes(entry);
                }
                written.add(writtenBatch(writer.commit(entries).committed(), writer.end()));
            }
        }
        return written;
    }

    private static Written writtenBatch(List<CommittedEntry> committed, LogPoint end) {
        LogPosition first = committed.get(0).position();
        LogPosition last = committed.get(committed.size() - 1).position();
        long start = first.offset() - BatchFormat.RECORD_HEADER_BYTES - BatchFormat.HEADER_BYTES;
        List<Bytes> payloads = committed.stream()
                .map(one -> Bytes.wrap(((BytesEntry) one.entry()).payload()))
                .toList();
        return new Written(
                payloads,
                new LogPoint(first.segment(), start, end.batchSequence() - 1),
                (int) (last.offset() + last.length() - start),
                (int) (end.offset() - start));
    }

    private static List<Bytes> payloads(List<Written> batches) {
        return batches.stream().flatMap(batch -> batch.payloads.stream()).toList();
    }

    private Path file(long segment) {
        return new SegmentFiles(directory, SegmentChannel.Opener.FILES).file(segment);
    }

    private List<Bytes> segments() throws IOException {
        List<Bytes> contents = new ArrayList<>();
        for (long i = 0; Files.exists(file(i)); i++) {
            contents.add(Bytes.wrap(Files.readAllBytes(file(i))));
        }
        return contents;
    }

    private void overwrite(long segment, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private void flip(long segment, long offset, int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file(segment));
        bytes[(int) offset] ^= (byte) (1 << bit);
        overwrite(segment, offset, new byte[] {bytes[(int) offset]});
    }
}
