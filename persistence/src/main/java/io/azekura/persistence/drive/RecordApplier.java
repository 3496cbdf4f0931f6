package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.IndexCheckpoint;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries durable log records over to the index: the only writer of slots, the same for what was just committed and
 * for what a replay shows. Records are applied one by one and become visible together with {@link #commit}, which also
 * notes how far the index is caught up. One thread.
 */
final class RecordApplier {
    private static final Logger LOG = LoggerFactory.getLogger(RecordApplier.class);

    private final DriveIndex index;
    private final SlotSource slots;
    private final DriveState state;
    private final boolean isReplaying;

    private final CensusTally tally;
    private IndexBatch batch = new IndexBatch();
    private Map<RegisterKey, StoredSlot> changed = new LinkedHashMap<>();
    private Set<StagedShards.Name> dropped = new HashSet<>();

    /** Where the slot of a key is found as it was before the records of the batch. */
    @FunctionalInterface
    interface SlotSource {
        @Nullable
        StoredSlot get(RegisterKey key) throws IOException;
    }

    /** What became visible, and which shard files no row needs any more. */
    record Applied(Map<RegisterKey, StoredSlot> slots, Set<StagedShards.Name> dropped) {
        static final Applied NOTHING = new Applied(Map.of(), Set.of());
    }

    RecordApplier(DriveIndex index, SlotSource slots, DriveState state, boolean isReplaying) {
        this.index = index;
        this.slots = slots;
        this.state = state;
        this.isReplaying = isReplaying;
        this.tally = new CensusTally(state.census());
    }

    void apply(LogRecord logged, LogPosition position) throws IOException {
        if (logged instanceof LogRecord.Accept accept) {
            applyAccept(accept, position);
        } else if (logged instanceof LogRecord.Settle settle) {
            applySettle(settle);
        } else if (logged instanceof LogRecord.Stage stage) {
            applyStaged(stage.id(), blocksInLog(stage.shard(), position), true);
        } else if (logged instanceof LogRecord.Announce announce) {
            applyStaged(announce.id(), new Location.InFile(announce.shard()), false);
        } else if (logged instanceof LogRecord.Discard discard) {
            applyDiscard(discard);
        } else if (logged instanceof LogRecord.Bound bound) {
            tally.bound(state.bound(), Math.max(state.bound(), bound.counter()));
            state.setBound(Math.max(state.bound(), bound.counter()));
            ByteBuffer counter =
                    ByteBuffer.allocate(Long.BYTES).putLong(state.bound()).flip();
            batch.putMeta(DriveState.BOUND, Bytes.copyOf(counter));
        } else if (logged instanceof LogRecord.FenceSpace fence) {
            if (isReplaying) {
                state.setFence(fence.space(), fence.fence());
            }
            batch.putFence(fence.space(), fence.fence());
            tally.fence(fence.space(), index.fence(fence.space()), fence.fence());
        }
    }

    /** Makes visible what was applied. */
    Applied commit(LogPoint end) throws IOException {
        for (Map.Entry<RegisterKey, StoredSlot> entry : changed.entrySet()) {
            RegisterKey key = entry.getKey();
            batch.putSlot(key, entry.getValue());
            if (!entry.getValue().slot().isSettled()) {
                batch.putUnsettled(key);
                state.setUnsettled(key, true);
            } else if (state.isUnsettled(key)) {
                batch.removeUnsettled(key);
                state.setUnsettled(key, false);
            }
        }
        for (StagedShards.Name name : dropped) {
            // Noted until the file is gone, so that a crash before that leaves nothing unnoticed.
            batch.putStaged(name.id(), new Location.InFile(name.shard()));
        }
        tally.count(changed, batch);
        batch.putCheckpoint(new IndexCheckpoint(end.segment(), end.offset(), end.batchSequence() - 1));
        index.write(batch);
        Applied applied = new Applied(changed, dropped);
        batch = new IndexBatch();
        changed = new LinkedHashMap<>();
        dropped = new HashSet<>();
        return applied;
    }

    private void applyAccept(LogRecord.Accept accept, LogPosition position) throws IOException {
        StoredSlot before = slot(accept.key());
        Content content = accept.row().state().content();
        List<Location> locations = List.of();
        if (content instanceof Content.Whole whole) {
            locations = wholeLocation(before, whole, accept, position);
        } else if (content instanceof Content.Sharded sharded) {
            locations = shardLocations(before, sharded, accept);
        }
        change(accept.key(), before, SlotChanges.accept(before, accept.row(), locations));
    }

    private static List<Location> wholeLocation(
            StoredSlot before, Content.Whole whole, LogRecord.Accept accept, LogPosition position) {
        if (accept.body() != null) {
            return List.of(recordInLog(Location.WHOLE, position));
        }
        Location known = SlotChanges.find(before, whole.id(), Location.WHOLE);
        return known == null ? missing(accept, Location.WHOLE) : List.of(known);
    }

    /** The row's own shards: from another row of the slot with the same bytes, or out of what is staged. */
    private List<Location> shardLocations(StoredSlot before, Content.Sharded sharded, LogRecord.Accept accept) {
        List<Location> locations = new ArrayList<>();
        for (int shard : SlotChanges.ownShards(sharded, accept.position())) {
            Location staged = state.staged().take(sharded.id(), shard);
            if (staged != null) {
                batch.removeStaged(sharded.id(), shard);
            }
            Location known = SlotChanges.find(before, sharded.id(), shard);
            Location location = known != null ? known : staged;
            locations.addAll(location == null ? missing(accept, shard) : List.of(location));
        }
        return locations;
    }

    /** Cannot happen, as the accept was checked; should it, one shard is missing and not the drive. */
    private static List<Location> missing(LogRecord.Accept accept, int shard) {
        LOG.warn(
                "The row {} of {} names shard {}, which is not here",
                accept.row().accepted(),
                accept.key(),
                shard);
        return List.of();
    }

    private void applySettle(LogRecord.Settle settle) throws IOException {
        StoredSlot before = slot(settle.key());
        if (!before.slot().rows().isEmpty()) {
            change(settle.key(), before, SlotChanges.settle(before, settle.ballot()));
        }
    }

    private void applyStaged(DataId id, Location location, boolean isWhole) {
        batch.putStaged(id, location);
        if (isReplaying) {
            state.staged().found(new Staged(id, location));
        } else if (isWhole) {
            state.staged().staged(id, location);
        }
    }

    private void applyDiscard(LogRecord.Discard discard) {
        Location location = state.staged().take(discard.id(), discard.shard());
        batch.removeStaged(discard.id(), discard.shard());
        if (location instanceof Location.InFile) {
            dropped.add(new StagedShards.Name(discard.id(), discard.shard()));
        }
    }

    private StoredSlot slot(RegisterKey key) throws IOException {
        StoredSlot inBatch = changed.get(key);
        StoredSlot stored = inBatch != null ? inBatch : slots.get(key);
        return stored == null ? SlotChanges.EMPTY : stored;
    }

    private void change(RegisterKey key, StoredSlot before, StoredSlot after) {
        if (!after.equals(before)) {
            tally.changes(key, before);
            changed.put(key, after);
            dropped.addAll(SlotChanges.droppedFiles(before, after));
        }
    }

    /** Where the blocks behind the head of a staged shard's record are. */
    private static Location blocksInLog(int shard, LogPosition position) {
        int head = LogRecordFormat.SHARD_HEAD_BYTES;
        return new Location.InLog(shard, position.segment(), position.offset() + head, position.length() - head);
    }

    /** A whole record. */
    private static Location recordInLog(int shard, LogPosition position) {
        return new Location.InLog(shard, position.segment(), position.offset(), position.length());
    }
}
