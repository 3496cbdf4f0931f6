package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a drive writes to its log; everything else it has on disk follows from these and from the shard files. */
sealed interface LogRecord {
    /**
     * A row was accepted. {@code position} is the drive's place in the stripe set, which says which shards of the row
     * are its own; {@code fileShards} are those of them that are files, the others are in the log; {@code body} is null
     * unless the row has a whole body that the slot did not have before.
     */
    record Accept(
            RegisterKey key,
            int position,
            Row row,
            List<Integer> fileShards,
            @Nullable Bytes body) implements LogRecord {
        public Accept {
            fileShards = List.copyOf(fileShards);
        }
    }

    /** The ballot is known chosen. */
    record Settle(RegisterKey key, Ballot ballot) implements LogRecord {}

    /** A small shard that no row names yet; its blocks follow in the log record, and stay there. */
    record Stage(DataId id, int shard) implements LogRecord {}

    /** A shard file may exist from now on that no row names yet. */
    record Announce(DataId id, int shard) implements LogRecord {}

    /** A staged shard is not wanted any more. */
    record Discard(DataId id, int shard) implements LogRecord {}

    /** No ballot at or above this counter was promised or accepted before this record was durable. */
    record Bound(long counter) implements LogRecord {}

    /** Accepts of the space are refused as the fence says. */
    record FenceSpace(long space, Fence fence) implements LogRecord {}

    /**
     * All that the drive has of a key, so that earlier records of it are not needed any more. Added to what they say
     * where they still are, it changes nothing but places.
     */
    record Image(RegisterKey key, Ballot settled, History base, List<ImageRow> rows) implements LogRecord {
        public Image {
            rows = List.copyOf(rows);
        }
    }

    /** A row of an image: shards in the log, shards that are files, and the whole body if it has one. */
    record ImageRow(
            Row row,
            List<Integer> logShards,
            List<Integer> fileShards,
            @Nullable Bytes body) {
        public ImageRow {
            logShards = List.copyOf(logShards);
            fileShards = List.copyOf(fileShards);
        }
    }

    /**
     * A small shard was copied to here, as its first place is about to be given up; its blocks follow in the log record.
     * {@code isStaged} when no row named it then.
     */
    record Carry(DataId id, int shard, boolean isStaged) implements LogRecord {}

    /** Nothing before this segment is needed any more. */
    record Trim(long firstSegment) implements LogRecord {}

    /**
     * What the drive had when everything before the batch of this number was applied. No segment before {@code
     * firstSegment} was needed then, so a replay that begins there must come to the same.
     */
    record TakenCensus(long firstSegment, long batch, Census census) implements LogRecord {
        public TakenCensus {
            census = census.copy();
        }
    }
}
