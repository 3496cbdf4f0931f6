package io.azekura.persistence.log;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a batch, which is what one group commit writes and one sync makes durable.
 *
 * <pre>
 * batch  = header { record } { zero }       begins and ends at multiples of 4 KiB
 * record = record header, payload
 *
 * offset bytes header                       offset bytes record header
 *      0     8 magic "AZKRBTCH"                  0     1 type
 *      8     4 format version                    1     1 zero (flags)
 *     12     4 number of records                 2     2 zero
 *     16    16 drive id                          4     4 length of the payload
 *     32     8 batch sequence                    8     4 CRC32C of: drive id, segment number,
 *     40     4 length of all records                     offset of the payload in the segment,
 *     44     4 CRC32C of all records                     bytes 0 to 7, payload
 *     48     8 zero
 *     56     4 CRC32C of: bytes 0 to 55,
 *              segment number, offset of
 *              the batch in the segment
 *     60     4 zero
 * </pre>
 *
 * Checksums cover where the bytes belong as well as what they are, so that bytes of another drive, segment or offset
 * are never taken for these. Batch sequences grow by one, over all segments; a batch is only written after the one
 * before it was synced, hence a valid batch proves that all earlier ones were durable.
 *
 * <p>Version history: that of {@link SegmentFormat}, which is written with it.
 */
final class BatchFormat {
    static final int HEADER_BYTES = 64;
    /** The rest of a header is zero. */
    static final int HEADER_FIELDS_BYTES = 60;

    static final int RECORD_HEADER_BYTES = 12;
    static final int RECORD_LENGTH_AT = 4;

    private static final long MAGIC = 0x415A4B5242544348L;
    private static final int CHECKSUM_AT = 56;
    private static final int RECORD_CHECKSUM_AT = 8;

    private final UUID drive;

    BatchFormat(UUID drive) {
        this.drive = drive;
    }

    /** What a valid batch header says. */
    record Header(int version, int recordCount, long sequence, int recordsLength, int recordsChecksum) {
        /** Length of the whole batch with its padding. */
        long paddedBytes() {
            return padded(HEADER_BYTES + (long) recordsLength);
        }
    }

    static long padded(long bytes) {
        return (bytes + SegmentFormat.BLOCK_BYTES - 1) / SegmentFormat.BLOCK_BYTES * SegmentFormat.BLOCK_BYTES;
    }

    /** Puts one record at the buffer's position and returns where its payload will be. */
    LogPosition putRecord(ByteBuffer batch, LogEntry entry, long segment, long batchOffset) {
        int start = batch.position();
        int length = entry.length();
        batch.put(entry.type()).put((byte) 0).putShort((short) 0).putInt(length).putInt(0);
        entry.writeTo(batch);
        Check.state(
                batch.position() == start + RECORD_HEADER_BYTES + length, "a log entry wrote other than its length");
        LogPosition position = new LogPosition(segment, batchOffset + start + RECORD_HEADER_BYTES, length);
        ByteBuffer record = batch.slice(start, RECORD_HEADER_BYTES + length);
        batch.putInt(start + RECORD_CHECKSUM_AT, recordChecksum(record, position));
        return position;
    }

    /** Writes the header in front of the records that end at the buffer's position, and pads: ready to be written. */
    void seal(ByteBuffer batch, int recordCount, long sequence, long segment, long batchOffset) {
        int end = batch.position();
        CRC32C records = new CRC32C();
        records.update(batch.slice(HEADER_BYTES, end - HEADER_BYTES));
        batch.position(0);
        batch.putLong(MAGIC).putInt(SegmentFormat.VERSION).putInt(recordCount);
        batch.putLong(drive.getMostSignificantBits()).putLong(drive.getLeastSignificantBits());
        batch.putLong(sequence).putInt(end - HEADER_BYTES).putInt((int) records.getValue());
        batch.putLong(0);
        batch.putInt(headerChecksum(batch, 0, segment, batchOffset)).putInt(0);
        batch.position(end);
        int paddedEnd = (int) padded(end);
        while (batch.position() < paddedEnd) {
            batch.put((byte) 0);
        }
        batch.flip();
    }

    /** The header at {@code index} of the buffer, or null if no batch of this drive and place begins there. */
    @Nullable
    Header header(ByteBuffer buffer, int index, long segment, long batchOffset) {
        boolean valid = buffer.getLong(index) == MAGIC
                && buffer.getLong(index + 16) == drive.getMostSignificantBits()
                && buffer.getLong(index + 24) == drive.getLeastSignificantBits()
                && buffer.getInt(index + CHECKSUM_AT) == headerChecksum(buffer, index, segment, batchOffset);
        if (!valid) {
            return null;
        }
        return new Header(
                buffer.getInt(index + 8),
                buffer.getInt(index + 12),
                buffer.getLong(index + 32),
                buffer.getInt(index + 40),
                buffer.getInt(index + 44));
    }

    /** Whether the records behind a batch header are those that the header was written with. */
    static boolean areRecordsValid(Header header, ByteBuffer records) {
        CRC32C crc = new CRC32C();
        crc.update(records.duplicate());
        return (int) crc.getValue() == header.recordsChecksum;
    }

    /** Shows the records of a valid batch to the visitor. */
    void visit(String file, Header header, ByteBuffer records, long segment, long batchOffset, RecordVisitor visitor)
            throws IOException {
        int at = 0;
        for (int i = 0; i < header.recordCount; i++) {
            long payloadOffset = batchOffset + HEADER_BYTES + at + RECORD_HEADER_BYTES;
            int length = records.remaining() - at < RECORD_HEADER_BYTES ? -1 : records.getInt(at + 4);
            if (length < 0 || length > records.remaining() - at - RECORD_HEADER_BYTES) {
                throw new CorruptException(file, payloadOffset, "record " + i + " of its batch", "length " + length);
            }
            LogPosition position = new LogPosition(segment, payloadOffset, length);
            ByteBuffer record = records.slice(at, RECORD_HEADER_BYTES + length);
            visitor.onRecord(record.get(0), payload(file, record, position), position);
            at += RECORD_HEADER_BYTES + length;
        }
    }

    /** The payload of a record with its header, after checking both against the position it was read from. */
    ByteBuffer payload(String file, ByteBuffer record, LogPosition position) throws CorruptException {
        if (record.getInt(4) != position.length()
                || record.getInt(RECORD_CHECKSUM_AT) != recordChecksum(record, position)) {
            throw new CorruptException(
                    file, position.offset(), "a record of " + position.length() + " bytes", "a wrong checksum");
        }
        return record.slice(RECORD_HEADER_BYTES, position.length());
    }

    private int recordChecksum(ByteBuffer record, LogPosition position) {
        CRC32C crc = new CRC32C();
        updateIdentity(crc, drive.getMostSignificantBits(), drive.getLeastSignificantBits());
        updateIdentity(crc, position.segment(), position.offset());
        crc.update(record.slice(0, RECORD_CHECKSUM_AT));
        crc.update(record.slice(RECORD_HEADER_BYTES, position.length()));
        return (int) crc.getValue();
    }

    private static int headerChecksum(ByteBuffer buffer, int index, long segment, long batchOffset) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(index, CHECKSUM_AT));
        updateIdentity(crc, segment, batchOffset);
        return (int) crc.getValue();
    }

    private static void updateIdentity(CRC32C crc, long first, long second) {
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(first)
                .putLong(second)
                .flip());
    }
}
