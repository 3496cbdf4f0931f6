package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ordered index of one drive: where every key's slot, staged shard and fence is found. Derived from the drive's
 * log and written after it, without a sync of its own, together with the log position that it is caught up to. A crash
 * takes it back to an earlier checkpoint, at most two write buffers of changes ago, and to everything as it was then, so
 * nothing may be kept here that the log cannot give again. Not trusted: every value is verified against the key that it was
 * written for, and whatever does not fit is a {@link CorruptException}, on which the owner rebuilds the index from the
 * log. All methods may be called from any thread; after {@link #close} they throw.
 */
public final class DriveIndex implements AutoCloseable {
    static final String CHECKPOINT = "checkpoint";

    private final KeyValueStore store;
    private final String name;

    DriveIndex(KeyValueStore store, String name) {
        this.store = store;
        this.name = name;
    }

    /**
     * Opens or creates the index in the directory, which no one else may have open.
     *
     * @throws CorruptException if it is damaged and must be rebuilt
     * @throws io.azekura.persistence.NoSpaceException if the file system is too full to open it safely
     */
    public static DriveIndex open(Path directory, IndexSettings settings) throws IOException {
        IndexFiles.requireSoundStructure(directory);
        return new DriveIndex(LevelDbStore.open(directory, settings), directory.toString());
    }

    KeyValueStore store() {
        return store;
    }

    /** The slot of the key, or null when the index has none. */
    public @Nullable StoredSlot get(RegisterKey key) throws IOException {
        ByteReader reader = payload(IndexKey.row(key));
        return reader == null ? null : StoredSlotFormat.decode(reader);
    }

    /** Applies the batch: visible at once, durable no later than the log makes it again. */
    public void write(IndexBatch batch) throws IOException {
        if (!batch.isEmpty()) {
            store.write(batch.changes());
        }
    }

    /** The slots of one space, beginning with the first key at or after {@code from}. */
    public SlotCursor slots(long space, Bytes from) throws IOException {
        byte[] prefix = IndexKey.row(space, Bytes.EMPTY);
        return new SlotCursor(store.cursor(IndexKey.row(space, from)), prefix, name);
    }

    /** All slots of all spaces. */
    public SlotCursor slots() throws IOException {
        byte[] prefix = IndexKey.family(IndexKey.ROW);
        return new SlotCursor(store.cursor(prefix), prefix, name);
    }

    /** Where the staged shard is, or null when none is staged under this id and number. */
    public @Nullable Location staged(DataId id, int shard) throws IOException {
        ByteReader reader = payload(IndexKey.staged(id, shard));
        return reader == null ? null : locationOf(reader);
    }

    /** All staged shards of the data id. */
    public List<Staged> staged(DataId id) throws IOException {
        return stagedUnder(IndexKey.staged(id));
    }

    /** All staged shards: few, because an accept or the scavenger ends each soon. */
    public List<Staged> staged() throws IOException {
        return stagedUnder(IndexKey.family(IndexKey.STAGED));
    }

    /** All keys whose highest row is not known to be chosen: those of writes under way or left behind. */
    public List<RegisterKey> unsettled() throws IOException {
        List<RegisterKey> keys = new ArrayList<>();
        forEach(IndexKey.family(IndexKey.UNSETTLED), (key, reader) -> {
            reader.end();
            keys.add(IndexKey.rowOf(key));
        });
        return keys;
    }

    /** The fence of the space, or null when it never had one. */
    public @Nullable Fence fence(long space) throws IOException {
        ByteReader reader = payload(IndexKey.fence(space));
        return reader == null ? null : fenceOf(reader);
    }

    /** All fences by space: one for each bucket that was ever reconfigured or closed. */
    public Map<Long, Fence> fences() throws IOException {
        Map<Long, Fence> fences = new HashMap<>();
        forEach(
                IndexKey.family(IndexKey.FENCE),
                (key, reader) -> fences.put(IndexKey.fenceSpaceOf(key), fenceOf(reader)));
        return fences;
    }

    /** How far the index is caught up, or null when it is new. */
    public @Nullable IndexCheckpoint checkpoint() throws IOException {
        ByteReader reader = payload(IndexKey.meta(CHECKPOINT));
        if (reader == null) {
            return null;
        }
        IndexCheckpoint checkpoint = new IndexCheckpoint(reader.varint(), reader.varint(), reader.varint());
        reader.end();
        return checkpoint;
    }

    /** What {@link IndexBatch#putMeta} kept under the name, or null. */
    public @Nullable Bytes meta(String metaName) throws IOException {
        ByteReader reader = payload(IndexKey.meta(metaName));
        return reader == null ? null : Bytes.wrap(reader.bytes(reader.remaining()));
    }

    /** Closes the index and every cursor on it. Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        store.close();
    }

    private @Nullable ByteReader payload(byte[] key) throws IOException {
        byte[] value = store.get(key);
        return value == null ? null : IndexEnvelope.open(key, value, name);
    }

    private List<Staged> stagedUnder(byte[] prefix) throws IOException {
        List<Staged> staged = new ArrayList<>();
        forEach(prefix, (key, reader) -> staged.add(new Staged(IndexKey.stagedIdOf(key), locationOf(reader))));
        return staged;
    }

    private void forEach(byte[] prefix, EntryConsumer consumer) throws IOException {
        try (KeyValueStore.Cursor cursor = store.cursor(prefix)) {
            while (cursor.next() && startsWith(cursor.key(), prefix)) {
                consumer.accept(cursor.key(), IndexEnvelope.open(cursor.key(), cursor.value(), name));
            }
        }
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static Location locationOf(ByteReader reader) throws IOException {
        Location location = StoredSlotFormat.readLocation(reader);
        reader.end();
        return location;
    }

    private static Fence fenceOf(ByteReader reader) throws IOException {
        Fence fence = new Fence(reader.varint(), reader.flag());
        reader.end();
        return fence;
    }

    @FunctionalInterface
    private interface EntryConsumer {
        void accept(byte[] key, ByteReader payload) throws IOException;
    }
}
