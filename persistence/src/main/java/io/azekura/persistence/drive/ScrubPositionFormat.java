package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.shard.ShardFiles;
import java.util.zip.CRC32C;

/**
 * A {@link ScrubPosition} as the file {@code scrub} of a drive. Losing it costs a pass from its beginning and no more,
 * so whatever is wrong with it is taken for no position at all.
 *
 * <pre>
 * Position → Version, Passes, Finished, Phase, Log, Entry, Orphans, Checksum
 * Version    u8      1
 * Passes     varint  passes that were finished
 * Finished   varint  microseconds since the epoch
 * Phase      u8      1 superblock, 2 log, 3 files of the index, 4 entries of the index, 5 between two passes
 * Log        varint  segment, offset, sequence
 * Entry      blob    raw key of the index
 * Orphans    u8      directory of shard files
 * Checksum   i32     CRC32C of everything before
 * </pre>
 *
 * <p>Version 1: the first.
 */
final class ScrubPositionFormat {
    static final int VERSION = 1;

    /** A raw key is a register's key, with a family and a space in front and one byte behind. */
    private static final int BYTES_TYPICAL = 128;

    private ScrubPositionFormat() {}

    static byte[] encode(ScrubPosition position) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).varint(position.passesDone()).varint(position.finishedMicros());
        writer.u8(position.phase().number());
        SegmentScrub.Place log = position.log();
        writer.varint(log.segment()).varint(log.offset()).varint(log.sequence());
        writer.blob(position.indexKey().array()).u8(position.orphanDirectory());
        return writer.i32(checksum(writer.array(), writer.size())).toByteArray();
    }

    static ScrubPosition decode(byte[] bytes, String file) throws CorruptException, FormatTooNewException {
        ByteReader all = new ByteReader(bytes, file);
        ByteReader reader = all.slice(Math.max(0, all.remaining() - Integer.BYTES));
        if (all.i32() != checksum(bytes, bytes.length - Integer.BYTES)) {
            throw all.corruptBefore(Integer.BYTES, "the checksum of a scrub position", "another");
        }
        reader.version(VERSION);
        long passes = reader.varint(Long.MAX_VALUE);
        long finished = reader.varint(Long.MAX_VALUE);
        ScrubPosition.Phase phase = phase(reader);
        SegmentScrub.Place log = new SegmentScrub.Place(
                reader.varint(Long.MAX_VALUE), reader.varint(Long.MAX_VALUE), reader.varint(Long.MAX_VALUE));
        Bytes key = Bytes.wrap(reader.blob());
        int directory = reader.u8() % ShardFiles.directoryCount();
        reader.end();
        return new ScrubPosition(passes, finished, phase, log, key, directory);
    }

    private static ScrubPosition.Phase phase(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        for (ScrubPosition.Phase phase : ScrubPosition.Phase.values()) {
            if (phase.number() == number) {
                return phase;
            }
        }
        throw reader.corruptBefore(1, "a phase from 1 to 5", Integer.toString(number));
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }
}
