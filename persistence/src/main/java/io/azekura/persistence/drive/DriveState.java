package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The part of the index that is small enough to be in memory too. Any thread. */
final class DriveState {
    /** Name of the index's meta entry with the promise bound, eight bytes. */
    static final String BOUND = DriveIndex.BOUND;

    private final StagedShards staged = new StagedShards();
    private final ConcurrentMap<Long, Fence> fences = new ConcurrentHashMap<>();
    private final ConcurrentMap<RegisterKey, Long> unsettledSinceNanos = new ConcurrentHashMap<>();
    private Census census = new Census();
    private volatile long bound;

    static DriveState load(DriveIndex index) throws IOException {
        DriveState state = new DriveState();
        state.census = index.census();
        for (Staged found : index.staged()) {
            state.staged.found(found);
        }
        state.fences.putAll(index.fences());
        for (RegisterKey key : index.unsettled()) {
            state.setUnsettled(key, true);
        }
        Bytes bound = index.meta(BOUND);
        state.bound = bound == null ? 0 : bound.buffer().getLong();
        return state;
    }

    /** What the index has; changed with it, and only by whoever writes it. */
    Census census() {
        return census;
    }

    /** No segment before this is needed any more. */
    long firstSegment() {
        return 0;
    }

    StagedShards staged() {
        return staged;
    }

    @Nullable
    Fence fence(long space) {
        return fences.get(space);
    }

    void setFence(long space, Fence fence) {
        fences.put(space, fence);
    }

    /** The counter that the drive durably promised not to have reached. */
    long bound() {
        return bound;
    }

    void setBound(long counter) {
        bound = counter;
    }

    void setUnsettled(RegisterKey key, boolean isUnsettled) {
        if (isUnsettled) {
            unsettledSinceNanos.put(key, System.nanoTime());
        } else {
            unsettledSinceNanos.remove(key);
        }
    }

    boolean isUnsettled(RegisterKey key) {
        return unsettledSinceNanos.containsKey(key);
    }

    List<RegisterKey> unsettled(Duration olderThan) {
        List<RegisterKey> keys = new ArrayList<>();
        for (Map.Entry<RegisterKey, Long> entry : unsettledSinceNanos.entrySet()) {
            long since = entry.getValue();
            // The clock is read after the time it is compared with, so that no age is negative.
            if (System.nanoTime() - since >= olderThan.toNanos()) {
                keys.add(entry.getKey());
            }
        }
        return keys;
    }
}
