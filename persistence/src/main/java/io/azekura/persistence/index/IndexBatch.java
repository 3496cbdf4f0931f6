package io.azekura.persistence.index;

import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.List;

/** Changes of a drive's index that are applied together or not at all; later ones win. One thread. */
public final class IndexBatch {
    private final List<KeyValueStore.Change> changes = new ArrayList<>();

    public IndexBatch putSlot(RegisterKey key, StoredSlot slot) {
        return put(IndexKey.row(key), StoredSlotFormat.encode(slot));
    }

    public IndexBatch removeSlot(RegisterKey key) {
        return remove(IndexKey.row(key));
    }

    /** Notes that the highest row of the key is not known to be chosen. */
    public IndexBatch putUnsettled(RegisterKey key) {
        return put(IndexKey.unsettled(key), new byte[0]);
    }

    public IndexBatch removeUnsettled(RegisterKey key) {
        return remove(IndexKey.unsettled(key));
    }

    /** Notes a shard that no row names yet. */
    public IndexBatch putStaged(DataId id, Location location) {
        ByteWriter writer = new ByteWriter(32);
        StoredSlotFormat.writeLocation(location, writer);
        return put(IndexKey.staged(id, location.shard()), writer.toByteArray());
    }

    public IndexBatch removeStaged(DataId id, int shard) {
        return remove(IndexKey.staged(id, shard));
    }

    /** Notes the key of the row that a shard belongs to. */
    public IndexBatch putOwner(DataId id, int shard, RegisterKey key) {
        ByteWriter writer = new ByteWriter(Long.BYTES + key.key().length());
        writer.i64(key.space()).bytes(key.key().array());
        return put(IndexKey.owner(id, shard), writer.toByteArray());
    }

    public IndexBatch removeOwner(DataId id, int shard) {
        return remove(IndexKey.owner(id, shard));
    }

    public IndexBatch putFence(long space, Fence fence) {
        ByteWriter writer = new ByteWriter(16);
        writer.varint(fence.configVersion()).u8(fence.closed() ? 1 : 0);
        return put(IndexKey.fence(space), writer.toByteArray());
    }

    /** Notes what a group of the census has after the changes of this batch. */
    public IndexBatch putCensus(int number, Census.Group group) {
        return put(IndexKey.census(number), CensusFormat.encode(group));
    }

    public IndexBatch putCheckpoint(IndexCheckpoint checkpoint) {
        ByteWriter writer = new ByteWriter(32);
        writer.varint(checkpoint.segment()).varint(checkpoint.offset()).varint(checkpoint.sequence());
        return putMeta(DriveIndex.CHECKPOINT, Bytes.wrap(writer.toByteArray()));
    }

    /** Keeps a value of the caller's own under a short ASCII name. */
    public IndexBatch putMeta(String name, Bytes value) {
        return put(IndexKey.meta(name), value.array());
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    List<KeyValueStore.Change> changes() {
        return changes;
    }

    private IndexBatch put(byte[] key, byte[] payload) {
        changes.add(new KeyValueStore.Change(Bytes.wrap(key), Bytes.wrap(IndexEnvelope.seal(key, payload))));
        return this;
    }

    private IndexBatch remove(byte[] key) {
        changes.add(new KeyValueStore.Change(Bytes.wrap(key), null));
        return this;
    }
}
