package io.azekura.persistence.drive;

import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    /** Name of the meta entry with {@link #liveBytes}, eight bytes. */
    static final String LIVE_BYTES = "live";

    /** Name of the meta entry with {@link #firstSegment}, eight bytes. */
    static final String FIRST_SEGMENT = "first";

    private final StagedShards staged = new StagedShards();
    private final ConcurrentMap<Long, Fence> fences = new ConcurrentHashMap<>();
    private final ConcurrentMap<RegisterKey, Long> unsettledSinceNanos = new ConcurrentHashMap<>();
    private Census census = new Census();
    private volatile long bound;
    private volatile long liveBytes;
    private volatile long firstSegment;

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
        state.bound = number(index, BOUND);
        state.liveBytes = number(index, LIVE_BYTES);
        state.firstSegment = firstSegment(index);
        return state;
    }

    /** Where the log begins according to the index. */
    static long firstSegment(DriveIndex index) throws IOException {
        return number(index, FIRST_SEGMENT);
    }

    private static long number(DriveIndex index, String name) throws IOException {
        Bytes value = index.meta(name);
        return value == null ? 0 : value.buffer().getLong();
    }

    /** How {@link #load} finds a number. */
    static Bytes number(long value) {
        return Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    /** What the index has; changed with it, and only by whoever writes it. */
    Census census() {
        return census;
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

    /** About how many bytes of the log are needed. */
    long liveBytes() {
        return liveBytes;
    }

    void setLiveBytes(long bytes) {
        liveBytes = bytes;
    }

    /** No segment before this is needed. */
    long firstSegment() {
        return firstSegment;
    }

    void setFirstSegment(long first) {
        firstSegment = first;
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
