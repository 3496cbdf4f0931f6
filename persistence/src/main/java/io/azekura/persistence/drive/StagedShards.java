package io.azekura.persistence.drive;

import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.model.DataId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a drive that no row names yet. Few: an accept or a discard ends each soon. An accept first claims a
 * shard and moves it into its slot when it is applied; between the two a discard leaves it alone. Any thread.
 */
final class StagedShards {
    /** One shard of one data id. */
    record Name(DataId id, int shard) {}

    private enum Phase {
        /** On its way to the disk: cannot be claimed. */
        STAGING,
        STAGED,
        CLAIMED,
        /** Its end is being logged: cannot be claimed. */
        DISCARDED
    }

    private record Entry(Phase phase, Location location, boolean wasFoundAtMount) {}

    private final Map<DataId, Map<Integer, Entry>> shards = new HashMap<>();

    /** The shard is being written. Its location need not be final. */
    synchronized void begin(DataId id, Location location) {
        Entry entry = get(id, location.shard());
        if (entry == null || entry.phase != Phase.CLAIMED) {
            put(id, new Entry(Phase.STAGING, location, false));
        }
    }

    /** The shard is there durably. One that is claimed or whose discarding began meanwhile stays so. */
    synchronized void staged(DataId id, Location location) {
        Entry entry = get(id, location.shard());
        if (entry != null && entry.phase == Phase.STAGING) {
            put(id, new Entry(Phase.STAGED, location, false));
        } else if (entry != null && entry.phase == Phase.DISCARDED) {
            put(id, new Entry(Phase.DISCARDED, location, entry.wasFoundAtMount));
        }
    }

    /** The shard is there durably where it was begun; false if its discarding began meanwhile. */
    synchronized boolean finish(DataId id, int shard) {
        Entry entry = get(id, shard);
        if (entry == null || entry.phase == Phase.DISCARDED) {
            return false;
        }
        staged(id, entry.location);
        return true;
    }

    /** The shard will not be written after all; one that is claimed or whose discarding began meanwhile stays so. */
    synchronized void cancel(DataId id, int shard) {
        Entry entry = get(id, shard);
        if (entry != null && entry.phase == Phase.STAGING) {
            take(id, shard);
        }
    }

    /** The row that claimed the shard is gone and was never chosen. */
    synchronized void restaged(DataId id, Location location) {
        put(id, new Entry(Phase.STAGED, location, false));
    }

    /** The shard was there when the drive was mounted. */
    synchronized void found(Staged found) {
        put(found.id(), new Entry(Phase.STAGED, found.location(), true));
    }

    /** Whether the shard is there durably and may be claimed. */
    synchronized boolean isStaged(DataId id, int shard) {
        Entry entry = get(id, shard);
        return entry != null && entry.phase == Phase.STAGED;
    }

    /** Whether the shard is known here at all, in whatever phase. */
    synchronized boolean contains(DataId id, int shard) {
        return get(id, shard) != null;
    }

    /** Claims all of the shards if all may be claimed, else none. */
    synchronized boolean claim(DataId id, List<Integer> numbers) {
        for (int shard : numbers) {
            if (!isStaged(id, shard)) {
                return false;
            }
        }
        for (int shard : numbers) {
            Entry entry = get(id, shard);
            if (entry != null) {
                put(id, new Entry(Phase.CLAIMED, entry.location, entry.wasFoundAtMount));
            }
        }
        return true;
    }

    /** Takes back a claim. */
    synchronized void unclaim(DataId id, List<Integer> numbers) {
        for (int shard : numbers) {
            Entry entry = get(id, shard);
            if (entry != null && entry.phase == Phase.CLAIMED) {
                put(id, new Entry(Phase.STAGED, entry.location, entry.wasFoundAtMount));
            }
        }
    }

    /** All shards that have a file of their own. */
    synchronized List<Name> files() {
        List<Name> files = new ArrayList<>();
        shards.forEach((id, ofId) -> ofId.forEach((shard, entry) -> {
            if (entry.location instanceof Location.InFile) {
                files.add(new Name(id, shard));
            }
        }));
        return files;
    }

    /** Notes another place in the log of a shard; returns the one before, or null if it is not known. */
    synchronized @Nullable Location move(DataId id, Location.InLog to) {
        Entry entry = get(id, to.shard());
        if (entry == null || !(entry.location instanceof Location.InLog)) {
            return null;
        }
        put(id, new Entry(entry.phase, to, entry.wasFoundAtMount));
        return entry.location;
    }

    /** Where the shard is, in whatever phase, or null if it is not known. */
    synchronized @Nullable Location location(DataId id, int shard) {
        Entry entry = get(id, shard);
        return entry == null ? null : entry.location;
    }

    /** Removes a shard, in whatever phase, and returns where it is, or null if it is not known. */
    synchronized @Nullable Location take(DataId id, int shard) {
        Map<Integer, Entry> ofId = shards.get(id);
        Entry entry = ofId == null ? null : ofId.remove(shard);
        if (ofId != null && ofId.isEmpty()) {
            shards.remove(id);
        }
        return entry == null ? null : entry.location;
    }

    /** Marks every unclaimed shard of the data id as discarded, and names those that were not before. */
    synchronized List<Name> discard(DataId id) {
        List<Name> discarded = new ArrayList<>();
        for (int shard : List.copyOf(shards.getOrDefault(id, Map.of()).keySet())) {
            if (discard(id, shard)) {
                discarded.add(new Name(id, shard));
            }
        }
        return discarded;
    }

    /** Marks what was found at mounting and is still unclaimed as discarded, and names it. */
    synchronized List<Name> discardFound() {
        List<Name> discarded = new ArrayList<>();
        for (Map.Entry<DataId, Map<Integer, Entry>> ofId : shards.entrySet()) {
            for (Map.Entry<Integer, Entry> shard : Map.copyOf(ofId.getValue()).entrySet()) {
                if (shard.getValue().wasFoundAtMount && discard(ofId.getKey(), shard.getKey())) {
                    discarded.add(new Name(ofId.getKey(), shard.getKey()));
                }
            }
        }
        return discarded;
    }

    /** Marks one shard as discarded; false if it is not there, claimed, or discarded already. */
    synchronized boolean discard(DataId id, int shard) {
        Entry entry = get(id, shard);
        if (entry == null || entry.phase == Phase.CLAIMED || entry.phase == Phase.DISCARDED) {
            return false;
        }
        put(id, new Entry(Phase.DISCARDED, entry.location, entry.wasFoundAtMount));
        return true;
    }

    private @Nullable Entry get(DataId id, int shard) {
        Map<Integer, Entry> ofId = shards.get(id);
        return ofId == null ? null : ofId.get(shard);
    }

    private void put(DataId id, Entry entry) {
        shards.computeIfAbsent(id, unused -> new HashMap<>()).put(entry.location.shard(), entry);
    }
}
