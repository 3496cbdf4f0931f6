package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.index.CensusFormat;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.HistoryFormat;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowFormat;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.shard.InlineShard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of the drive's log records. Integers are written as {@link ByteReader} documents.
 *
 * <pre>
 * Accept     1  Version, Key, Position, Row, Files, Body
 * Settle     2  Version, Key, Ballot
 * Stage      3  Version, Shard, blocks of {@link InlineShard} up to the end
 * Announce   4  Version, Shard
 * Discard    5  Version, Shard
 * Bound      6  Version, varint counter
 * FenceSpace 7  Version, i64 space, varint configuration version, u8 closed
 * Image      8  Version, Key, Ballot, History, u8 count, then for each row by ascending ballot:
 *                 Row, Files, u8 count, u8 number of each shard in the log, blob body, empty for none
 * Carry      9  Version, Shard, u8 staged, blocks of {@link InlineShard} up to the end
 * Trim      10  Version, varint first segment
 * TakenCensus 11 Version, varint first segment, varint batch, {@link CensusFormat}
 *
 * Version    u8      1
 * Key        i64     space
 *            blob    key
 * Position   u8      place in the stripe set
 * Row        blob    {@link RowFormat}
 * Files      u8      count, then u8 number of each shard that is a file
 * History    {@link HistoryFormat}
 * Body       bytes   of a {@link Content.Whole}, up to the end; empty if the slot had them already
 * Ballot     varint  counter
 *            i64     process
 * Shard      i64     data id process
 *            i64     data id sequence
 *            u8      number
 * </pre>
 *
 * <p>Checksum, length and place of every record are covered by the log's own format.
 *
 * <p>Version 1: the first.
 */
final class LogRecordFormat {
    static final byte ACCEPT = 1;
    static final byte SETTLE = 2;
    static final byte STAGE = 3;
    static final byte ANNOUNCE = 4;
    static final byte DISCARD = 5;
    static final byte BOUND = 6;
    static final byte FENCE_SPACE = 7;
    static final byte IMAGE = 8;
    static final byte CARRY = 9;
    static final byte TRIM = 10;
    static final byte TAKEN_CENSUS = 11;

    private static final int VERSION = 1;
    /** Length of a Stage in front of its blocks. */
    static final int SHARD_HEAD_BYTES = 1 + 2 * Long.BYTES + 1;

    /** Length of a Carry in front of its blocks. */
    static final int CARRY_HEAD_BYTES = SHARD_HEAD_BYTES + 1;

    private static final int ACCEPT_HEAD_BYTES_TYPICAL = 512;
    private static final int CENSUS_BYTES_TYPICAL = 4096;
    private static final int POSITION_MAX = 31;

    private LogRecordFormat() {}

    /** The bytes of a record, without the blocks that follow a {@link LogRecord.Stage}. */
    static byte[] encode(LogRecord logged) {
        if (logged instanceof LogRecord.Accept accept) {
            ByteWriter head = writeKey(start(ACCEPT_HEAD_BYTES_TYPICAL), accept.key());
            head.u8(accept.position()).blob(RowFormat.encode(accept.row()));
            writeShards(head, accept.fileShards());
            Bytes body = accept.body();
            return (body == null ? head : head.bytes(body.array())).toByteArray();
        } else if (logged instanceof LogRecord.Settle settle) {
            ByteWriter head = writeKey(start(64), settle.key());
            return head.varint(settle.ballot().counter())
                    .i64(settle.ballot().process())
                    .toByteArray();
        } else if (logged instanceof LogRecord.Stage stage) {
            return shard(stage.id(), stage.shard());
        } else if (logged instanceof LogRecord.Announce announce) {
            return shard(announce.id(), announce.shard());
        } else if (logged instanceof LogRecord.Discard discard) {
            return shard(discard.id(), discard.shard());
        } else if (logged instanceof LogRecord.Bound bound) {
            return start(16).varint(bound.counter()).toByteArray();
        } else if (logged instanceof LogRecord.FenceSpace fence) {
            ByteWriter head = start(32).i64(fence.space()).varint(fence.fence().configVersion());
            return head.u8(fence.fence().closed() ? 1 : 0).toByteArray();
        } else if (logged instanceof LogRecord.Image image) {
            return image(image);
        } else if (logged instanceof LogRecord.Carry carry) {
            return writeShard(start(CARRY_HEAD_BYTES), carry.id(), carry.shard())
                    .u8(carry.isStaged() ? 1 : 0)
                    .toByteArray();
        } else if (logged instanceof LogRecord.Trim trim) {
            return start(16).varint(trim.firstSegment()).toByteArray();
        } else if (logged instanceof LogRecord.TakenCensus taken) {
            ByteWriter head =
                    start(CENSUS_BYTES_TYPICAL).varint(taken.firstSegment()).varint(taken.batch());
            CensusFormat.write(taken.census(), head);
            return head.toByteArray();
        }
        throw new IllegalArgumentException("no format for " + logged.getClass());
    }

    /** The type under which the log has a record. */
    static byte type(LogRecord logged) {
        if (logged instanceof LogRecord.Accept) {
            return ACCEPT;
        } else if (logged instanceof LogRecord.Settle) {
            return SETTLE;
        } else if (logged instanceof LogRecord.Stage) {
            return STAGE;
        } else if (logged instanceof LogRecord.Announce) {
            return ANNOUNCE;
        } else if (logged instanceof LogRecord.Discard) {
            return DISCARD;
        } else if (logged instanceof LogRecord.Bound) {
            return BOUND;
        } else if (logged instanceof LogRecord.Image) {
            return IMAGE;
        } else if (logged instanceof LogRecord.Carry) {
            return CARRY;
        } else if (logged instanceof LogRecord.Trim) {
            return TRIM;
        } else if (logged instanceof LogRecord.TakenCensus) {
            return TAKEN_CENSUS;
        }
        return FENCE_SPACE;
    }

    /** Decodes a payload, of which it copies what it needs. */
    static LogRecord decode(byte type, ByteBuffer payload, String source)
            throws CorruptException, FormatTooNewException {
        byte[] head = new byte[Math.min(headBytes(type), payload.remaining())];
        payload.get(payload.position(), head);
        ByteReader reader = new ByteReader(head, source);
        reader.version(VERSION);
        LogRecord decoded = read(type, reader);
        reader.end();
        return decoded;
    }

    /** How much of a record is decoded: all, unless blocks follow. */
    private static int headBytes(byte type) {
        return switch (type) {
            case STAGE -> SHARD_HEAD_BYTES;
            case CARRY -> CARRY_HEAD_BYTES;
            default -> Integer.MAX_VALUE;
        };
    }

    /** The key that a record is about, as far as its bytes can still be understood, or null if it is about none. */
    static @Nullable RegisterKey keyOf(byte type, ByteBuffer payload) throws IOException {
        if (type != ACCEPT && type != SETTLE && type != IMAGE) {
            return null;
        }
        byte[] head = new byte[payload.remaining()];
        payload.get(payload.position(), head);
        ByteReader reader = new ByteReader(head, "record");
        reader.version(VERSION);
        return readKey(reader);
    }

    private static LogRecord read(byte type, ByteReader reader) throws CorruptException, FormatTooNewException {
        switch (type) {
            case ACCEPT -> {
                RegisterKey key = readKey(reader);
                int position = reader.u8();
                if (position > POSITION_MAX) {
                    throw reader.corruptBefore(1, "a position up to " + POSITION_MAX, String.valueOf(position));
                }
                Row row = RowFormat.read(reader.slice(reader.varint(reader.remaining())));
                List<Integer> fileShards = readShards(reader);
                Bytes body = reader.remaining() == 0 ? null : Bytes.wrap(reader.bytes(reader.remaining()));
                return new LogRecord.Accept(key, position, row, fileShards, body);
            }
            case SETTLE -> {
                return new LogRecord.Settle(readKey(reader), new Ballot(reader.varint(Long.MAX_VALUE), reader.i64()));
            }
            case STAGE -> {
                return new LogRecord.Stage(readId(reader), readShard(reader));
            }
            case ANNOUNCE -> {
                return new LogRecord.Announce(readId(reader), readShard(reader));
            }
            case DISCARD -> {
                return new LogRecord.Discard(readId(reader), readShard(reader));
            }
            case BOUND -> {
                return new LogRecord.Bound(reader.varint(Long.MAX_VALUE));
            }
            case FENCE_SPACE -> {
                return new LogRecord.FenceSpace(reader.i64(), new Fence(reader.varint(Long.MAX_VALUE), reader.flag()));
            }
            case IMAGE -> {
                return readImage(reader);
            }
            case CARRY -> {
                return new LogRecord.Carry(readId(reader), readShard(reader), reader.flag());
            }
            case TRIM -> {
                return new LogRecord.Trim(reader.varint(Long.MAX_VALUE));
            }
            case TAKEN_CENSUS -> {
                long firstSegment = reader.varint(Long.MAX_VALUE);
                return new LogRecord.TakenCensus(
                        firstSegment, reader.varint(Long.MAX_VALUE), CensusFormat.read(reader));
            }
            default -> throw reader.corrupt("a record type from 1 to 11", String.valueOf(type));
        }
    }

    private static ByteWriter start(int capacity) {
        return new ByteWriter(capacity).u8(VERSION);
    }

    private static ByteWriter writeKey(ByteWriter writer, RegisterKey key) {
        return writer.i64(key.space()).blob(key.key().array());
    }

    private static RegisterKey readKey(ByteReader reader) throws CorruptException {
        long space = reader.i64();
        int length = reader.varint(RegisterKey.KEY_BYTES_MAX);
        return new RegisterKey(space, Bytes.wrap(reader.bytes(length)));
    }

    private static byte[] image(LogRecord.Image image) {
        ByteWriter writer = writeKey(start(ACCEPT_HEAD_BYTES_TYPICAL), image.key());
        writer.varint(image.settled().counter()).i64(image.settled().process());
        HistoryFormat.write(image.base(), writer);
        writer.u8(image.rows().size());
        for (LogRecord.ImageRow one : image.rows()) {
            writer.blob(RowFormat.encode(one.row()));
            writeShards(writer, one.fileShards());
            writeShards(writer, one.logShards());
            Bytes body = one.body();
            writer.blob(body == null ? new byte[0] : body.array());
        }
        return writer.toByteArray();
    }

    private static LogRecord readImage(ByteReader reader) throws CorruptException, FormatTooNewException {
        RegisterKey key = readKey(reader);
        Ballot settled = new Ballot(reader.varint(Long.MAX_VALUE), reader.i64());
        History base = HistoryFormat.read(reader);
        int count = reader.u8();
        if (count == 0 || count > Slot.ROWS_MAX) {
            throw reader.corruptBefore(1, "1 to " + Slot.ROWS_MAX + " rows", String.valueOf(count));
        }
        List<LogRecord.ImageRow> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Row row = RowFormat.read(reader.slice(reader.varint(reader.remaining())));
            List<Integer> fileShards = readShards(reader);
            List<Integer> logShards = readShards(reader);
            int length = reader.varint(Content.WHOLE_BYTES_MAX);
            Bytes body = length == 0 ? null : Bytes.wrap(reader.bytes(length));
            rows.add(new LogRecord.ImageRow(row, logShards, fileShards, body));
        }
        return new LogRecord.Image(key, settled, base, rows);
    }

    private static void writeShards(ByteWriter writer, List<Integer> shards) {
        writer.u8(shards.size());
        shards.forEach(writer::u8);
    }

    private static List<Integer> readShards(ByteReader reader) throws CorruptException {
        int count = reader.u8();
        if (count > StoredSlot.LOCATIONS_MAX) {
            throw reader.corruptBefore(1, "at most " + StoredSlot.LOCATIONS_MAX, String.valueOf(count));
        }
        List<Integer> shards = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            shards.add(readShard(reader));
        }
        return shards;
    }

    private static byte[] shard(DataId id, int shard) {
        return writeShard(start(SHARD_HEAD_BYTES), id, shard).toByteArray();
    }

    private static ByteWriter writeShard(ByteWriter writer, DataId id, int shard) {
        return writer.i64(id.process()).i64(id.sequence()).u8(shard);
    }

    private static DataId readId(ByteReader reader) throws CorruptException {
        return new DataId(reader.i64(), reader.i64());
    }

    private static int readShard(ByteReader reader) throws CorruptException {
        int shard = reader.u8();
        if (shard > Location.SHARD_MAX) {
            throw reader.corruptBefore(1, "a shard up to " + Location.SHARD_MAX, String.valueOf(shard));
        }
        return shard;
    }
}
