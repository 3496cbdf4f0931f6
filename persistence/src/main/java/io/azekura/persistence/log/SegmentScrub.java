package io.azekura.persistence.log;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.UncachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies every byte of the segments of a log, past the page cache, beside whoever has the log open: headers, batches,
 * records, and that what means nothing is zero. Damage does not stop it: it goes on at the next batch that can be
 * recognised. One thread.
 */
public final class SegmentScrub {
    private static final Pattern NAME = Pattern.compile("segment-([0-9a-f]{16})\\.log");
    private static final int WINDOW_BYTES = 1 << 20;

    private final Path directory;
    private final SegmentFiles files;
    private final UUID drive;
    private final BatchFormat format;
    private final AlignedBufferPool pool;
    private final Visitor visitor;

    public SegmentScrub(Path directory, UUID drive, AlignedBufferPool pool, Visitor visitor) {
        this.directory = directory;
        this.files = new SegmentFiles(directory, SegmentChannel.Opener.FILES);
        this.drive = drive;
        this.format = new BatchFormat(drive);
        this.pool = pool;
        this.visitor = visitor;
    }

    /** Hears of everything that is read. */
    public interface Visitor {
        /** So many bytes were read. May wait, and ends the scrub by an exception. */
        void onBytes(long bytes) throws IOException;

        /** A sound record. The payload is only valid during the call. */
        void onRecord(byte type, ByteBuffer payload, LogPosition position);

        /** A record whose checksum does not fit, with the type and the bytes that are there now. */
        void onDamagedRecord(byte type, ByteBuffer payload, LogPosition position);

        /** Anything else that is not as it was written. */
        void onDamage(Path file, long offset, String what);

        /** Bytes that mean nothing, and never will, are not zero: the disk changed them. */
        void onWaste(Path file, long offset, String what);

        /** Everything before the place has been verified. */
        void onPlace(Place place);
    }

    /**
     * Where to go on. Offset 0 stands for the header of the segment; {@code sequence} is that of the batch expected
     * there, 0 when damage hides it.
     */
    public record Place(long segment, long offset, long sequence) {
        public static final Place START = new Place(0, 0, 0);
    }

    private List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Matcher name = NAME.matcher(String.valueOf(entry.getFileName()));
                if (name.matches()) {
                    numbers.add(Long.parseUnsignedLong(name.group(1), 16));
                }
            }
        }
        return numbers;
    }

    /**
     * Verifies a log that is open from the place on, up to a point that is durable. What lies behind that is not looked
     * at: it is cleared or written over as a whole before it can mean anything.
     *
     * @param first tells the number of the first segment of the log; files before that are on their way out
     */
    public void verify(LongSupplier first, Place from, LogPoint end) throws IOException {
        Place place = from;
        while (place.segment() <= end.segment()) {
            if (place.segment() < first.getAsLong()) {
                place = new Place(first.getAsLong(), 0, 0);
            }
            Place next = verifySegment(first, place, end);
            if (next == null) {
                return;
            }
            place = next;
            visitor.onPlace(place);
        }
    }

    /**
     * Verifies a log that nobody has open, all of it.
     *
     * @param first number of the first segment of the log
     * @return where the last batch ends, with the sequence that would follow
     */
    public Place verifyAll(long first) throws IOException {
        long last = numbers().stream().max(Long::compare).orElse(-1L);
        Place end = new Place(first, 0, 0);
        for (long number = first; number <= Math.max(first, last); number++) {
            if (!Files.exists(files.file(number))) {
                visitor.onDamage(files.file(number), 0, "a segment of the log is missing");
                end = new Place(number + 1, 0, 0);
            } else if (number == last && number > first && isUnused(number, end.sequence())) {
                verifyUnused(number);
            } else {
                end = verifyAll(new Place(number, 0, end.sequence()));
            }
        }
        return end;
    }

    /** Whether a last segment is one that was prepared and not begun: without a header that anything relies on. */
    private boolean isUnused(long number, long expected) throws IOException {
        try (UncachedFile file = open(number)) {
            if (file.size() < SegmentFormat.HEADER_BYTES) {
                return false;
            }
            ByteBuffer block = read(file, 0, SegmentFormat.HEADER_BYTES);
            return !SegmentFormat.isValid(block)
                    && nextBatch(file, SegmentFormat.HEADER_BYTES, number, expected) == null;
        }
    }

    private void verifyUnused(long number) throws IOException {
        try (UncachedFile file = open(number)) {
            if (file.size() % SegmentFormat.BLOCK_BYTES != 0) {
                visitor.onDamage(file.file(), file.size(), "a segment prepared and not begun that was cut off");
            }
            requireZeros(file, 0, file.size(), "a segment prepared and not begun");
        }
    }

    private Place verifyAll(Place from) throws IOException {
        try (UncachedFile file = open(from.segment())) {
            Place place = header(file, from);
            long size = file.size();
            while (place.offset() < size) {
                Place next = batchOrGap(file, place, size);
                if (next == null) {
                    return place;
                }
                place = next;
            }
            return place;
        }
    }

    /** The place behind what was verified, or null when there is nothing more before the end. */
    private @Nullable Place verifySegment(LongSupplier first, Place from, LogPoint end) throws IOException {
        boolean isLast = from.segment() == end.segment();
        try (UncachedFile file = open(from.segment())) {
            Place place = from.offset() == 0 ? header(file, from) : from;
            long to = isLast ? Math.min(end.offset(), file.size()) : file.size();
            if (isLast && file.size() < end.offset()) {
                visitor.onDamage(file.file(), file.size(), "the segment ends before the log does, at " + end.offset());
            }
            while (place.offset() < to) {
                Place next = batchOrGap(file, place, to);
                if (next == null) {
                    break;
                }
                place = next;
                visitor.onPlace(place);
            }
            if (isLast) {
                if (place.offset() < to || (place.sequence() != end.batchSequence() && place.sequence() != 0)) {
                    visitor.onDamage(
                            file.file(), place.offset(), "no batch " + place.sequence() + ", and no later one");
                }
                return null;
            }
            return new Place(from.segment() + 1, 0, place.sequence());
        } catch (NoSuchFileException missing) {
            if (from.segment() >= first.getAsLong()) {
                visitor.onDamage(files.file(from.segment()), 0, "a segment of the log is missing");
            }
            return isLast ? null : new Place(from.segment() + 1, 0, 0);
        }
    }

    /** A record as it was appended. */
    public record Sound(byte type, ByteBuffer payload) {}

    /** The whole record at the position, verified against its checksum and identity. */
    public Sound readVerified(LogPosition position) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(BatchFormat.RECORD_HEADER_BYTES + position.length());
        try (UncachedFile file = open(position.segment())) {
            file.read(position.offset() - BatchFormat.RECORD_HEADER_BYTES, record);
            visitor.onBytes(record.limit());
            record.flip();
            return new Sound(record.get(0), format.payload(file.file().toString(), record, position));
        }
    }

    /** The file of a segment. */
    public Path file(long number) {
        return files.file(number);
    }

    private UncachedFile open(long number) throws IOException {
        return UncachedFile.open(files.file(number), pool);
    }

    /** Bytes of the file; what cannot be read is told, and zero here. */
    private ByteBuffer read(UncachedFile file, long offset, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        try {
            file.read(offset, target);
        } catch (IOException unreadable) {
            target.clear();
            readBlocks(file, offset, target);
        }
        visitor.onBytes(bytes);
        return target.clear();
    }

    private void readBlocks(UncachedFile file, long offset, ByteBuffer target) {
        for (int at = 0; at < target.capacity(); at += SegmentFormat.BLOCK_BYTES) {
            ByteBuffer block = target.slice(at, Math.min(SegmentFormat.BLOCK_BYTES, target.capacity() - at));
            try {
                file.read(offset + at, block);
            } catch (IOException e) {
                visitor.onDamage(file.file(), offset + at, "cannot be read: " + e.getMessage());
                block.clear().put(new byte[block.capacity()]);
            }
        }
    }

    private Place header(UncachedFile file, Place from) throws IOException {
        long sequence = from.sequence();
        if (file.size() < SegmentFormat.HEADER_BYTES) {
            visitor.onDamage(file.file(), file.size(), "the segment ends within its header");
            return new Place(from.segment(), file.size(), 0);
        }
        ByteBuffer block = read(file, 0, SegmentFormat.HEADER_BYTES);
        try {
            SegmentFormat.Header header = SegmentFormat.decode(file.file().toString(), drive, block);
            if (header.number() != from.segment()) {
                visitor.onDamage(file.file(), 32, "this is segment " + header.number());
            }
            if (header.segmentBytes() != file.size()) {
                visitor.onDamage(
                        file.file(),
                        Math.min(header.segmentBytes(), file.size()),
                        "the segment has " + file.size() + " bytes instead of " + header.segmentBytes());
            }
            if (sequence != 0 && header.firstSequence() != sequence) {
                visitor.onDamage(
                        file.file(), 40, "batch " + sequence + " is missing before batch " + header.firstSequence());
            }
            sequence = header.firstSequence();
        } catch (IOException e) {
            visitor.onDamage(file.file(), 0, "no valid segment header: " + e.getMessage());
        }
        int at = firstNonZero(block, SegmentFormat.HEADER_FIELDS_BYTES, block.limit());
        if (at >= 0) {
            visitor.onWaste(file.file(), at, "not zero behind the fields of the segment header");
        }
        return new Place(from.segment(), SegmentFormat.HEADER_BYTES, sequence);
    }

    /** Verifies one batch, or what lies where one should begin up to the next one; null when none follows. */
    private @Nullable Place batchOrGap(UncachedFile file, Place place, long to) throws IOException {
        BatchFormat.@Nullable Header header = null;
        if (place.offset() + SegmentFormat.BLOCK_BYTES <= file.size()) {
            ByteBuffer block = read(file, place.offset(), SegmentFormat.BLOCK_BYTES);
            header = format.header(block, 0, place.segment(), place.offset());
        }
        if (header == null) {
            return gap(file, place, to);
        }
        if (place.sequence() != 0 && header.sequence() != place.sequence()) {
            visitor.onDamage(
                    file.file(),
                    place.offset(),
                    "batch " + header.sequence() + " instead of batch " + place.sequence());
        }
        long next = place.offset() + header.paddedBytes();
        if (header.version() != SegmentFormat.VERSION || next > file.size()) {
            visitor.onDamage(
                    file.file(),
                    place.offset(),
                    "a batch of version " + header.version() + " and " + header.paddedBytes() + " bytes");
            return gap(file, place, to);
        }
        verifyBatch(file, place, header);
        return new Place(place.segment(), next, header.sequence() + 1);
    }

    private void verifyBatch(UncachedFile file, Place place, BatchFormat.Header header) throws IOException {
        ByteBuffer batch = read(file, place.offset(), Math.toIntExact(header.paddedBytes()));
        int end = BatchFormat.HEADER_BYTES + header.recordsLength();
        int headerRest = firstNonZero(batch, BatchFormat.HEADER_FIELDS_BYTES, BatchFormat.HEADER_BYTES);
        if (headerRest >= 0) {
            visitor.onWaste(file.file(), place.offset() + headerRest, "not zero behind the fields of a batch header");
        }
        int padding = firstNonZero(batch, end, batch.limit());
        if (padding >= 0) {
            visitor.onWaste(file.file(), place.offset() + padding, "not zero behind the records of a batch");
        }
        ByteBuffer records = batch.slice(BatchFormat.HEADER_BYTES, header.recordsLength());
        boolean areValid = BatchFormat.areRecordsValid(header, records);
        int damaged = verifyRecords(file, place, header, records);
        if (!areValid && damaged == 0) {
            visitor.onDamage(file.file(), place.offset(), "the records of batch " + header.sequence() + " are others");
        }
    }

    /** How many records are damaged, counting those that cannot be found as one. */
    private int verifyRecords(UncachedFile file, Place place, BatchFormat.Header header, ByteBuffer records) {
        int damaged = 0;
        int at = 0;
        for (int i = 0; i < header.recordCount(); i++) {
            long offset = place.offset() + BatchFormat.HEADER_BYTES + at + BatchFormat.RECORD_HEADER_BYTES;
            int rest = records.limit() - at - BatchFormat.RECORD_HEADER_BYTES;
            int length = rest < 0 ? -1 : records.getInt(at + BatchFormat.RECORD_LENGTH_AT);
            if (length < 0 || length > rest) {
                visitor.onDamage(
                        file.file(),
                        offset,
                        "a record has no valid length; it and the " + (header.recordCount() - i - 1)
                                + " behind it in batch " + header.sequence() + " cannot be told apart");
                return damaged + 1;
            }
            LogPosition position = new LogPosition(place.segment(), offset, length);
            ByteBuffer record = records.slice(at, BatchFormat.RECORD_HEADER_BYTES + length);
            try {
                visitor.onRecord(record.get(0), format.payload(file.file().toString(), record, position), position);
            } catch (CorruptException e) {
                damaged++;
                visitor.onDamagedRecord(record.get(0), record.slice(BatchFormat.RECORD_HEADER_BYTES, length), position);
            }
            at += BatchFormat.RECORD_HEADER_BYTES + length;
        }
        if (at != records.limit()) {
            visitor.onDamage(
                    file.file(), place.offset() + BatchFormat.HEADER_BYTES + at, "bytes behind the last record");
            damaged++;
        }
        return damaged;
    }

    /**
     * Tells of what lies where a batch should begin.
     *
     * @return the next batch, or null when there is none before {@code to}
     */
    private @Nullable Place gap(UncachedFile file, Place place, long to) throws IOException {
        Place next = nextBatch(file, place.offset(), place.segment(), place.sequence());
        if (next == null || next.offset() >= to) {
            requireZeros(file, place.offset(), to, "the unused end of a segment");
            return null;
        }
        String what = place.sequence() == 0 ? "no batch" : "batch " + place.sequence();
        String missing = place.sequence() == 0 || next.sequence() == place.sequence() + 1
                ? what
                : "batches " + place.sequence() + " to " + (next.sequence() - 1);
        visitor.onDamage(
                file.file(),
                place.offset(),
                "damaged up to byte " + next.offset() + ", where batch " + next.sequence() + " begins: " + missing);
        return next;
    }

    /** The first batch behind the offset that is newer than what is expected there, or null. */
    private @Nullable Place nextBatch(UncachedFile file, long offset, long segment, long sequence) throws IOException {
        long end = file.size() / SegmentFormat.BLOCK_BYTES * SegmentFormat.BLOCK_BYTES;
        for (long at = offset; at < end; at += WINDOW_BYTES) {
            ByteBuffer window = read(file, at, (int) Math.min(WINDOW_BYTES, end - at));
            for (int i = 0; i < window.limit(); i += SegmentFormat.BLOCK_BYTES) {
                BatchFormat.@Nullable Header header = format.header(window, i, segment, at + i);
                if (header != null && header.sequence() > sequence && at + i > offset) {
                    return new Place(segment, at + i, header.sequence());
                }
            }
        }
        return null;
    }

    private void requireZeros(UncachedFile file, long from, long to, String what) throws IOException {
        for (long at = from; at < to; at += WINDOW_BYTES) {
            ByteBuffer window = read(file, at, (int) Math.min(WINDOW_BYTES, to - at));
            int index = firstNonZero(window, 0, window.limit());
            if (index >= 0) {
                visitor.onWaste(file.file(), at + index, "not zero: " + what);
                return;
            }
        }
    }

    private static int firstNonZero(ByteBuffer buffer, int from, int to) {
        int i = from;
        while (i + Long.BYTES <= to && buffer.getLong(i) == 0) {
            i += Long.BYTES;
        }
        while (i < to && buffer.get(i) == 0) {
            i++;
        }
        return i < to ? i : -1;
    }
}
