package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.IndexCheckpoint;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Set<StagedShards.Name> ownerless = new HashSet<>();
    private final Set<StagedShards.Name> claimed = new HashSet<>();
    private final Map<StagedShards.Name, RegisterKey> owners = new HashMap<>();
    private long liveBytesAdded;

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
            applyStaged(stage.id(), blocksInLog(stage.shard(), position, LogRecordFormat.SHARD_HEAD_BYTES), true);
        } else if (logged instanceof LogRecord.Announce announce) {
            applyAnnounce(announce);
        } else if (logged instanceof LogRecord.Discard discard) {
            applyDiscard(discard);
        } else if (logged instanceof LogRecord.Bound bound) {
            tally.bound(state.bound(), Math.max(state.bound(), bound.counter()));
            state.setBound(Math.max(state.bound(), bound.counter()));
            batch.putMeta(DriveState.BOUND, DriveState.number(state.bound()));
        } else if (logged instanceof LogRecord.FenceSpace fence) {
            if (isReplaying) {
                state.setFence(fence.space(), fence.fence());
            }
            batch.putFence(fence.space(), fence.fence());
            tally.fence(fence.space(), index.fence(fence.space()), fence.fence());
        } else if (logged instanceof LogRecord.Image image) {
            applyImage(image, position);
        } else if (logged instanceof LogRecord.Carry carry) {
            applyCarry(carry, position);
        } else if (logged instanceof LogRecord.Trim trim) {
            state.setFirstSegment(Math.max(state.firstSegment(), trim.firstSegment()));
            batch.putMeta(DriveState.FIRST_SEGMENT, DriveState.number(state.firstSegment()));
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
        if (liveBytesAdded != 0) {
            state.setLiveBytes(state.liveBytes() + liveBytesAdded);
            batch.putMeta(DriveState.LIVE_BYTES, DriveState.number(state.liveBytes()));
            liveBytesAdded = 0;
        }
        tally.count(changed, batch);
        batch.putCheckpoint(new IndexCheckpoint(end.segment(), end.offset(), end.batchSequence() - 1));
        index.write(batch);
        claimed.forEach(name -> state.staged().take(name.id(), name.shard()));
        claimed.clear();
        Applied applied = new Applied(changed, dropped);
        batch = new IndexBatch();
        changed = new LinkedHashMap<>();
        dropped = new HashSet<>();
        owners.clear();
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
            boolean isFile = accept.fileShards().contains(shard);
            locations.addAll(claimed(accept.key(), before, sharded.id(), shard, isFile));
        }
        return locations;
    }

    /**
     * Where a shard is that a row names from now on. Of one in the log that is nowhere yet, a replay learns later, from
     * the record that carried it out of a segment that is gone.
     */
    private List<Location> claimed(RegisterKey key, StoredSlot before, DataId id, int shard, boolean isFile) {
        Location staged = claimStaged(id, shard);
        Location known = SlotChanges.find(before, id, shard);
        Location location = known != null ? known : staged;
        if (location == null && isFile) {
            location = new Location.InFile(shard);
        }
        batch.putOwner(id, shard, key);
        owners.put(new StagedShards.Name(id, shard), key);
        if (location == null && !isReplaying) {
            LOG.warn("A row of {} names shard {} of {}, which is not here", key, shard, id);
        }
        return location == null ? List.of() : List.of(location);
    }

    /**
     * The place of a staged shard, which leaves the staged ones only once the index says whose it is: who looks for it
     * among those first and then in the index finds it at any moment.
     */
    private @Nullable Location claimStaged(DataId id, int shard) {
        Location staged = state.staged().location(id, shard);
        ownerless.remove(new StagedShards.Name(id, shard));
        if (staged != null && claimed.add(new StagedShards.Name(id, shard))) {
            batch.removeStaged(id, shard);
            liveBytesAdded -= LiveBytes.of(staged);
        }
        return staged;
    }

    private @Nullable Location takeStaged(DataId id, int shard) {
        Location staged = state.staged().take(id, shard);
        if (staged != null) {
            batch.removeStaged(id, shard);
            liveBytesAdded -= LiveBytes.of(staged);
        }
        return staged;
    }

    private void applyImage(LogRecord.Image image, LogPosition position) throws IOException {
        StoredSlot before = slot(image.key());
        List<List<Location>> all = new ArrayList<>();
        for (LogRecord.ImageRow one : image.rows()) {
            List<Location> locations = new ArrayList<>();
            if (one.body() != null) {
                locations.add(recordInLog(Location.WHOLE, position));
            }
            DataId id = SlotChanges.dataId(one.row().state().content());
            if (id != null) {
                for (int shard : one.logShards()) {
                    locations.addAll(claimed(image.key(), before, id, shard, false));
                }
                for (int shard : one.fileShards()) {
                    locations.addAll(claimed(image.key(), before, id, shard, true));
                }
            }
            all.add(locations);
        }
        change(image.key(), before, SlotChanges.image(before, image, all));
    }

    /** A shard is at a new place: staged still, or named by a row meanwhile, or not wanted any more. */
    private void applyCarry(LogRecord.Carry carry, LogPosition position) throws IOException {
        Location.InLog to = blocksInLog(carry.shard(), position, LogRecordFormat.CARRY_HEAD_BYTES);
        boolean isClaimed = claimed.contains(new StagedShards.Name(carry.id(), carry.shard()));
        Location staged = isClaimed ? null : state.staged().move(carry.id(), to);
        if (staged != null) {
            batch.putStaged(carry.id(), to);
            liveBytesAdded += LiveBytes.of(to) - LiveBytes.of(staged);
            return;
        }
        RegisterKey owner = owner(carry.id(), carry.shard());
        StoredSlot before = owner == null ? SlotChanges.EMPTY : slot(owner);
        if (owner != null && SlotChanges.names(before, carry.id())) {
            change(owner, before, SlotChanges.moved(before, carry.id(), to));
        } else if (owner == null && isReplaying) {
            // A row that names it may follow: what was carried with it came earlier in the segment that is gone.
            applyStaged(carry.id(), to, true);
            if (!carry.isStaged()) {
                ownerless.add(new StagedShards.Name(carry.id(), carry.shard()));
            }
        }
    }

    /** At the end of a replay: forgets shards that were carried for rows of which nothing is left. */
    void forgetOwnerless() {
        for (StagedShards.Name name : ownerless) {
            takeStaged(name.id(), name.shard());
        }
        ownerless.clear();
    }

    private @Nullable RegisterKey owner(DataId id, int shard) throws IOException {
        RegisterKey known = owners.get(new StagedShards.Name(id, shard));
        return known == null ? index.owner(id, shard) : known;
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

    /** Logged again in a compaction, it may be of a shard that a row named meanwhile, or that was discarded. */
    private void applyAnnounce(LogRecord.Announce announce) throws IOException {
        boolean isWanted = isReplaying
                ? owner(announce.id(), announce.shard()) == null
                : state.staged().location(announce.id(), announce.shard()) != null;
        if (isWanted) {
            applyStaged(announce.id(), new Location.InFile(announce.shard()), false);
        }
    }

    private void applyStaged(DataId id, Location location, boolean isWhole) {
        batch.putStaged(id, location);
        liveBytesAdded += LiveBytes.of(location);
        if (isReplaying) {
            state.staged().found(new Staged(id, location));
        } else if (isWhole) {
            state.staged().staged(id, location);
        }
    }

    private void applyDiscard(LogRecord.Discard discard) {
        Location location = takeStaged(discard.id(), discard.shard());
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
            liveBytesAdded += LiveBytes.of(key, after) - LiveBytes.of(key, before);
            Set<StagedShards.Name> disowned = SlotChanges.shards(before);
            disowned.removeAll(SlotChanges.shards(after));
            for (StagedShards.Name name : disowned) {
                batch.removeOwner(name.id(), name.shard());
                owners.remove(name);
            }
            restage(before, after, disowned);
        }
    }

    /** What a row that was never chosen named is staged again: its writer may still try to have it named (register rule 1). */
    private void restage(StoredSlot before, StoredSlot after, Set<StagedShards.Name> disowned) {
        for (Row row : Acceptor.unchosen(before.slot(), after.slot())) {
            if (row.state().content() instanceof Content.Sharded sharded) {
                for (Location location : before.locations(row.accepted())) {
                    StagedShards.Name name = new StagedShards.Name(sharded.id(), location.shard());
                    if (disowned.remove(name)) {
                        restage(name, location);
                    }
                }
            }
        }
    }

    private void restage(StagedShards.Name name, Location location) {
        dropped.remove(name);
        claimed.remove(name);
        batch.putStaged(name.id(), location);
        liveBytesAdded += LiveBytes.of(location);
        if (isReplaying) {
            state.staged().found(new Staged(name.id(), location));
        } else {
            state.staged().restaged(name.id(), location);
        }
    }

    /** Where the blocks behind the head of a staged shard's record are. */
    private static Location.InLog blocksInLog(int shard, LogPosition position, int head) {
        return new Location.InLog(shard, position.segment(), position.offset() + head, position.length() - head);
    }

    /** A whole record. */
    private static Location recordInLog(int shard, LogPosition position) {
        return new Location.InLog(shard, position.segment(), position.offset(), position.length());
    }
}
