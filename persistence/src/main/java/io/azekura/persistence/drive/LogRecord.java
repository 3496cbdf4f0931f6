package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import org.jspecify.annotations.Nullable;

/** What a drive writes to its log; everything else it has on disk follows from these and from the shard files. */
sealed interface LogRecord {
    /**
     * A row was accepted. {@code position} is the drive's place in the stripe set, which says which shards of the row
     * are its own; {@code body} is null unless the row has a whole body that the slot did not have before.
     */
    record Accept(
            RegisterKey key,
            int position,
            Row row,
            @Nullable Bytes body) implements LogRecord {}

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
     * What the drive had when everything before the batch of this number was applied. No segment before {@code
     * firstSegment} was needed then, so a replay that begins there must come to the same.
     */
    record TakenCensus(long firstSegment, long batch, Census census) implements LogRecord {
        public TakenCensus {
            census = census.copy();
        }
    }
}
