package io.azekura.persistence.register;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical encoding of a {@link State}: one state has exactly one encoding, which {@link StateDigest} covers.
 * Always embedded in something that carries version and checksum, such as {@link RowFormat}.
 *
 * <pre>
 * State   → Kind, Value, Content, History, Time, Applied, Versions
 * Kind      u8       0 absent, 1 live, 2 tombstone
 * Value     blob
 * Content → None | Whole | Sharded
 *   None      u8       0
 *   Whole     u8       1
 *             2 × i64  data id: process, sequence
 *             varint   length, 1 to 16,384
 *   Sharded   u8       2
 *             2 × i64  data id: process, sequence
 *             varint   length
 *             u8, u8   data shards, parity shards
 *             varint   unit bytes
 *             u8 each  holder + 1 per shard: 0 for nobody
 * History   {@link HistoryFormat}
 * Time      varint   version time, microseconds since the epoch
 * Applied → u8 count of at most 16, then for each, oldest first:
 *             i64      operation: process
 *             varint   operation: sequence
 *             Ballot   varint counter, i64 process
 * Versions  varint   layout version
 *           varint   configuration version
 *
 * Edits   → u8 count of at most 255, then for each, in order:
 *   Add     u8       1
 *           blob     id
 *           Record   blob value, Content; its digest is part of the history
 *   Remove  u8       2
 *           blob     id
 *           16 bytes digest of the record
 * </pre>
 *
 * <p>A change of this encoding changes every digest: it needs a new version of all formats that embed it.
 */
final class StateFormat {
    private static final int NONE = 0;
    private static final int WHOLE = 1;
    private static final int SHARDED = 2;

    private static final int ADD = 1;
    private static final int REMOVE = 2;

    /** Highest position in a stripe set that a holder byte can name; far above the 32 drives of the widest set. */
    private static final int HOLDER_MAX = 254;

    private StateFormat() {}

    static void write(State state, ByteWriter writer) {
        writer.u8(number(state.kind())).blob(state.value().array());
        writeContent(state.content(), writer);
        HistoryFormat.write(state.history(), writer);
        writer.varint(state.timeMicros());
        writer.u8(state.applied().size());
        for (AppliedOperation one : state.applied()) {
            writer.i64(one.operation().process()).varint(one.operation().sequence());
            writeBallot(one.ballot(), writer);
        }
        writer.varint(state.layoutVersion()).varint(state.configVersion());
    }

    static State read(ByteReader reader) throws CorruptException {
        State.Kind kind = kind(reader);
        Bytes value = Bytes.wrap(reader.blob());
        Content content = readContent(reader);
        History history = HistoryFormat.read(reader);
        long timeMicros = reader.varint(Long.MAX_VALUE);
        int count = reader.u8();
        if (count > State.APPLIED_MAX) {
            throw reader.corruptBefore(1, "at most " + State.APPLIED_MAX + " operations", Integer.toString(count));
        }
        List<AppliedOperation> applied = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            OperationId operation = new OperationId(reader.i64(), reader.varint());
            applied.add(new AppliedOperation(operation, readBallot(reader)));
        }
        return new State(kind, value, content, history, timeMicros, applied, reader.varint(), reader.varint());
    }

    /** What the digest of an older version covers. */
    static void write(VersionEdit.Add version, ByteWriter writer) {
        writer.blob(version.id().array()).blob(version.value().array());
        writeContent(version.content(), writer);
    }

    static void writeEdits(List<VersionEdit> edits, ByteWriter writer) {
        writer.u8(edits.size());
        for (VersionEdit edit : edits) {
            if (edit instanceof VersionEdit.Add add) {
                writer.u8(ADD);
                write(add, writer);
            } else if (edit instanceof VersionEdit.Remove remove) {
                writer.u8(REMOVE).blob(remove.id().array());
                writer.i64(remove.digest().high()).i64(remove.digest().low());
            }
        }
    }

    static List<VersionEdit> readEdits(ByteReader reader) throws CorruptException {
        int count = reader.u8();
        List<VersionEdit> edits = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int tag = reader.u8();
            Bytes id = Bytes.wrap(reader.blob());
            edits.add(
                    switch (tag) {
                        case ADD -> new VersionEdit.Add(id, Bytes.wrap(reader.blob()), readContent(reader));
                        case REMOVE -> new VersionEdit.Remove(id, new StateDigest(reader.i64(), reader.i64()));
                        default -> throw reader.corrupt("a kind of edit, 1 or 2", Integer.toString(tag));
                    });
        }
        return edits;
    }

    static void writeBallot(Ballot ballot, ByteWriter writer) {
        writer.varint(ballot.counter()).i64(ballot.process());
    }

    static Ballot readBallot(ByteReader reader) throws CorruptException {
        return new Ballot(reader.varint(Long.MAX_VALUE), reader.i64());
    }

    private static void writeContent(Content content, ByteWriter writer) {
        if (content instanceof Content.None) {
            writer.u8(NONE);
        } else if (content instanceof Content.Whole whole) {
            writer.u8(WHOLE);
            writeDataId(whole.id(), writer);
            writer.varint(whole.length());
        } else if (content instanceof Content.Sharded sharded) {
            writer.u8(SHARDED);
            writeDataId(sharded.id(), writer);
            writer.varint(sharded.length());
            writer.u8(sharded.dataShards()).u8(sharded.parityShards()).varint(sharded.unitBytes());
            for (int holder : sharded.holders()) {
                if (holder < -1 || holder > HOLDER_MAX) {
                    throw new IllegalArgumentException("holder at position " + holder);
                }
                writer.u8(holder + 1);
            }
        }
    }

    private static Content readContent(ByteReader reader) throws CorruptException {
        int tag = reader.u8();
        return switch (tag) {
            case NONE -> Content.NONE;
            case WHOLE -> readWhole(reader);
            case SHARDED -> readSharded(reader);
            default -> throw reader.corruptBefore(1, "a kind of content from 0 to 2", Integer.toString(tag));
        };
    }

    private static Content readWhole(ByteReader reader) throws CorruptException {
        DataId id = readDataId(reader);
        int length = reader.varint(Content.WHOLE_BYTES_MAX);
        if (length == 0) {
            throw reader.corruptBefore(1, "a body", "length 0");
        }
        return new Content.Whole(id, length);
    }

    private static Content readSharded(ByteReader reader) throws CorruptException {
        DataId id = readDataId(reader);
        long length = reader.varint(Long.MAX_VALUE);
        int dataShards = reader.u8();
        int parityShards = reader.u8();
        int shards = dataShards + parityShards;
        if (length == 0 || dataShards == 0 || shards > 32) {
            throw reader.corrupt(
                    "a body in at most 32 shards", length + " bytes in " + dataShards + "+" + parityShards);
        }
        int unitBytes = reader.varint(Integer.MAX_VALUE);
        List<Integer> holders = new ArrayList<>(shards);
        for (int i = 0; i < shards; i++) {
            holders.add(reader.u8() - 1);
        }
        return new Content.Sharded(id, length, dataShards, parityShards, unitBytes, holders);
    }

    private static void writeDataId(DataId id, ByteWriter writer) {
        writer.i64(id.process()).i64(id.sequence());
    }

    private static DataId readDataId(ByteReader reader) throws CorruptException {
        return new DataId(reader.i64(), reader.i64());
    }

    private static int number(State.Kind kind) {
        return switch (kind) {
            case ABSENT -> 0;
            case LIVE -> 1;
            case TOMBSTONE -> 2;
        };
    }

    private static State.Kind kind(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        return switch (number) {
            case 0 -> State.Kind.ABSENT;
            case 1 -> State.Kind.LIVE;
            case 2 -> State.Kind.TOMBSTONE;
            default -> throw reader.corruptBefore(1, "a kind of state from 0 to 2", Integer.toString(number));
        };
    }
}
