package io.azekura.persistence.drive;

import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the log of a drive holds, counted by reading all of it.
 *
 * @param records number of records by what they say, in the order in which they were first met
 * @param payloadBytes bytes of all records without framing
 * @param end where the last durable batch ends
 */
public record LogContents(Map<String, Long> records, long payloadBytes, LogPoint end) {
    private static final Map<Byte, String> NAMES = Map.ofEntries(
            Map.entry(LogRecordFormat.ACCEPT, "accepted rows"),
            Map.entry(LogRecordFormat.SETTLE, "settled rows"),
            Map.entry(LogRecordFormat.STAGE, "shards kept in the log"),
            Map.entry(LogRecordFormat.ANNOUNCE, "announced shard files"),
            Map.entry(LogRecordFormat.DISCARD, "discarded shards"),
            Map.entry(LogRecordFormat.BOUND, "ballot bounds"),
            Map.entry(LogRecordFormat.FENCE_SPACE, "bucket fences"),
            Map.entry(LogRecordFormat.IMAGE, "images of keys"),
            Map.entry(LogRecordFormat.CARRY, "carried shards"),
            Map.entry(LogRecordFormat.TRIM, "trims of the log"),
            Map.entry(LogRecordFormat.TAKEN_CENSUS, "censuses"));

    /**
     * Counts the records of a drive that nobody has open, and changes nothing.
     *
     * @throws io.azekura.persistence.CorruptException if the log is damaged before its end
     */
    public static LogContents of(Path directory, DriveId drive) throws IOException {
        Counter counter = new Counter();
        LogPoint end = DriveLog.inspect(directory.resolve(DriveRecovery.LOG), drive.value(), counter);
        return new LogContents(counter.records, counter.payloadBytes, end);
    }

    /** What records of that type say, in the plural. */
    static String nameOf(byte type) {
        return NAMES.getOrDefault(type, "records of unknown type " + type);
    }

    private static final class Counter implements RecordVisitor {
        private final Map<String, Long> records = new LinkedHashMap<>();
        private long payloadBytes;

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) {
            records.merge(nameOf(type), 1L, Long::sum);
            payloadBytes += payload.remaining();
        }

        @Override
        public void onBatchEnd(LogPoint point) {
            // Only the last end counts, which the inspection itself returns.
        }
    }
}
