package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a drive was asked, operation by operation, and what each makes of the slot of its key. Operations of one key take
 * effect in the order in which they were numbered, so after a crash a slot is as one of them left it.
 */
final class CrashHistory {
    private static final int NEVER = Integer.MAX_VALUE;

    private final Map<RegisterKey, List<Version>> versions = new TreeMap<>();
    private final Map<DataId, Bytes> written = new HashMap<>();
    private final Map<DataId, Shard> shards = new HashMap<>();
    private final List<Fenced> fences = new ArrayList<>();
    private final List<Promise> promises = new ArrayList<>();
    private final Map<Integer, CrashDrive.Mounted> mounted = new TreeMap<>();
    private int operations;

    /** A slot, and the operation that made it so. */
    record Version(int operation, Slot slot) {}

    /** A staged shard, with the operations that staged it and may have ended that; those that never came are the largest. */
    record Shard(DataId id, boolean isFile, int staged, int ended) {}

    /** Accepts of the space with an older configuration version are refused. */
    record Fenced(int operation, long space, long configVersion) {}

    record Promise(int operation, RegisterKey key, Ballot ballot) {}

    int next() {
        return operations++;
    }

    void mounted(int operation, CrashDrive.Mounted found) {
        mounted.put(operation, found);
    }

    /** What mountings found that came to their end, by operation. */
    Map<Integer, CrashDrive.Mounted> mounted() {
        return Collections.unmodifiableMap(mounted);
    }

    void wrote(DataId id, Bytes bytes) {
        written.put(id, bytes);
    }

    Bytes bytes(DataId id) {
        return Objects.requireNonNull(written.get(id), () -> "nobody wrote " + id);
    }

    void accept(int operation, Accept accept) {
        Slot before = current(accept.key());
        List<Row> rows = new ArrayList<>(before.rows());
        rows.add(new Row(accept.ballot(), accept.state()));
        add(accept.key(), operation, new Slot(before.settled(), rows));
        DataId id = SlotChanges.dataId(accept.state().content());
        if (id != null) {
            end(operation, id);
        }
    }

    void settle(int operation, RegisterKey key, Ballot ballot) {
        add(key, operation, Acceptor.settle(current(key), ballot));
    }

    /** A drive that was opened shows this slot, and must go on doing so. */
    void observe(int operation, RegisterKey key, Slot slot) {
        add(key, operation, slot);
    }

    private void add(RegisterKey key, int operation, Slot slot) {
        versions.computeIfAbsent(key, unused -> new ArrayList<>()).add(new Version(operation, slot));
    }

    /** The slot when everything that was asked takes effect. */
    Slot current(RegisterKey key) {
        List<Version> ofKey = versions(key);
        return ofKey.isEmpty() ? Slot.EMPTY : ofKey.get(ofKey.size() - 1).slot();
    }

    List<Version> versions(RegisterKey key) {
        return versions.getOrDefault(key, List.of());
    }

    Map<RegisterKey, List<Version>> versions() {
        return Collections.unmodifiableMap(versions);
    }

    void stage(int operation, DataId id, boolean isFile) {
        shards.put(id, new Shard(id, isFile, operation, NEVER));
    }

    /** The shard was claimed or discarded, or may have been. */
    void end(int operation, DataId id) {
        Shard shard = shards.get(id);
        if (shard != null && shard.ended() == NEVER) {
            shards.put(id, new Shard(id, shard.isFile(), shard.staged(), operation));
        }
    }

    List<Shard> shards() {
        return List.copyOf(shards.values());
    }

    /** Some shard that nothing has ended, or null. */
    @Nullable
    DataId unclaimed(int choice) {
        List<DataId> unclaimed = shards.values().stream()
                .filter(shard -> shard.ended() == NEVER)
                .map(Shard::id)
                .sorted()
                .toList();
        return unclaimed.isEmpty() ? null : unclaimed.get(choice % unclaimed.size());
    }

    void fence(int operation, long space, long configVersion) {
        fences.add(new Fenced(operation, space, configVersion));
    }

    List<Fenced> fences() {
        return fences;
    }

    void promise(int operation, RegisterKey key, Ballot ballot) {
        promises.add(new Promise(operation, key, ballot));
    }

    List<Promise> promises() {
        return promises;
    }
}
