package io.azekura.persistence.log;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.FormatTooOldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment file's first block. All integers of the log are big-endian.
 *
 * <pre>
 * log     = { segment }                     files segment-%016x.log, numbered from 0 without gaps
 * segment = header { batch } { zero block } always of its full length, written once with zeros before use
 *
 * offset bytes header
 *      0     8 magic "AZKRSEGM"
 *      8     4 format version
 *     12     4 zero
 *     16    16 drive id
 *     32     8 segment number
 *     40     8 sequence of the first batch
 *     48     8 length of the file
 *     56     4 CRC32C of bytes 0 to 55
 *     60  4036 zero
 * </pre>
 *
 * A header is synced before the first batch behind it is written, so a segment with batches has a valid header.
 * Magic, version and checksum stay where they are in every later version.
 *
 * <p>Version history: 1, first.
 */
final class SegmentFormat {
    /** Unit of every write and of every batch's start; a multiple of the sector size of all known drives. */
    static final int BLOCK_BYTES = 4096;

    static final int HEADER_BYTES = BLOCK_BYTES;
    /** The rest of a header is zero. */
    static final int HEADER_FIELDS_BYTES = 60;

    static final int VERSION = 1;

    private static final long MAGIC = 0x415A4B525345474DL;
    private static final int CHECKSUM_AT = 56;

    private SegmentFormat() {}

    /** What the first block says. */
    record Header(long number, long firstSequence, long segmentBytes) {}

    /** A block with the header, ready to be written. */
    static ByteBuffer encode(UUID drive, Header header) {
        ByteBuffer block = AlignedBuffers.allocate(HEADER_BYTES);
        block.putLong(MAGIC).putInt(VERSION).putInt(0);
        block.putLong(drive.getMostSignificantBits()).putLong(drive.getLeastSignificantBits());
        block.putLong(header.number).putLong(header.firstSequence).putLong(header.segmentBytes);
        block.putInt(checksum(block));
        return block.clear();
    }

    static boolean isValid(ByteBuffer block) {
        return block.getLong(0) == MAGIC && block.getInt(CHECKSUM_AT) == checksum(block);
    }

    /**
     * Decodes a block.
     *
     * @param file only named in exceptions
     */
    static Header decode(String file, UUID drive, ByteBuffer block) throws IOException {
        if (!isValid(block)) {
            throw new CorruptException(file, 0, "a segment header", "none with a valid checksum");
        }
        requireKnownVersion(file, block.getInt(8));
        UUID found = new UUID(block.getLong(16), block.getLong(24));
        if (!found.equals(drive)) {
            throw new CorruptException(file, 16, "drive " + drive, "drive " + found);
        }
        return new Header(block.getLong(32), block.getLong(40), block.getLong(48));
    }

    static void requireKnownVersion(String file, int version) throws IOException {
        if (version > VERSION) {
            throw new FormatTooNewException(file, version, VERSION);
        }
        if (version < VERSION) {
            throw new FormatTooOldException(file, version, VERSION);
        }
    }

    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.slice(0, CHECKSUM_AT));
        return (int) crc.getValue();
    }
}
