package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.register.RegisterKey;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps a drive's census in step with the batches that change its index. One thread: that which writes them. */
final class CensusTally {
    private final Census census;
    private final BitSet touched = new BitSet(Census.GROUPS);
    private final Map<RegisterKey, StoredSlot> before = new HashMap<>();
    private final Map<Long, Fence> fences = new HashMap<>();

    CensusTally(Census census) {
        this.census = census;
    }

    /** The slot of the key is about to change; this is what it was, for the first change in the batch. */
    void changes(RegisterKey key, StoredSlot stored) {
        before.putIfAbsent(key, stored);
    }

    /** The space has another fence; {@code indexed} is what it had before the batch. */
    void fence(long space, @Nullable Fence indexed, Fence fence) {
        Fence inBatch = fences.put(space, fence);
        census.replaceFence(space, inBatch != null ? inBatch : indexed, fence);
        touched.set(Census.REFUSALS);
    }

    void bound(long old, long counter) {
        census.replaceBound(old, counter);
        touched.set(Census.REFUSALS);
    }

    /** Counts the batch, whose slots are these now, and adds to it what its groups come to. */
    void count(Map<RegisterKey, StoredSlot> changed, IndexBatch batch) {
        for (Map.Entry<RegisterKey, StoredSlot> entry : changed.entrySet()) {
            RegisterKey key = entry.getKey();
            StoredSlot old = before.getOrDefault(key, SlotChanges.EMPTY);
            StoredSlot now = entry.getValue();
            // What only moved is counted as before.
            if (!old.slot().equals(now.slot())) {
                touched.set(census.replaceSlot(key, old.slot(), now.slot()));
            }
        }
        for (int group = touched.nextSetBit(0); group >= 0; group = touched.nextSetBit(group + 1)) {
            batch.putCensus(group, census.group(group));
        }
        touched.clear();
        before.clear();
        fences.clear();
    }
}
