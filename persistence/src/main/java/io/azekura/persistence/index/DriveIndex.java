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
    /** Name of the meta entry with the promise bound of the drive, eight bytes. The census covers it. */
    public static final String BOUND = "bound";

    static final String CHECKPOINT = "checkpoint";

    private final KeyValueStore store;
    private final String name;
    private volatile DamageListener listener = damage -> {};

    /** Is told of all damage that any reading of the index meets, on the thread that met it, before that is told itself. */
    @FunctionalInterface
    public interface DamageListener {
        void onDamage(CorruptException damage);
    }

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

    /** From now on this one is told of damage, instead of nobody. */
    public void onDamage(DamageListener watcher) {
        listener = watcher;
    }

    KeyValueStore store() {
        return store;
    }

    /** The slot of the key, or null when the index has none. */
    public @Nullable StoredSlot get(RegisterKey key) throws IOException {
        return read(IndexKey.row(key), StoredSlotFormat::decode);
    }

    /** Applies the batch: visible at once, durable no later than the log makes it again. */
    public void write(IndexBatch batch) throws IOException {
        if (!batch.isEmpty()) {
            watched(() -> {
                store.write(batch.changes());
                return batch;
            });
        }
    }

    /** The slots of one space, beginning with the first key at or after {@code from}. */
    public SlotCursor slots(long space, Bytes from) throws IOException {
        byte[] prefix = IndexKey.row(space, Bytes.EMPTY);
        return new SlotCursor(store.cursor(IndexKey.row(space, from)), prefix, name, this::damaged);
    }

    /** All slots of all spaces. */
    public SlotCursor slots() throws IOException {
        byte[] prefix = IndexKey.family(IndexKey.ROW);
        return new SlotCursor(store.cursor(prefix), prefix, name, this::damaged);
    }

    /** Where the staged shard is, or null when none is staged under this id and number. */
    public @Nullable Location staged(DataId id, int shard) throws IOException {
        return read(IndexKey.staged(id, shard), DriveIndex::locationOf);
    }

    /** All staged shards of the data id. */
    public List<Staged> staged(DataId id) throws IOException {
        return stagedUnder(IndexKey.staged(id));
    }

    /** All staged shards: few, because an accept or the scavenger ends each soon. */
    public List<Staged> staged() throws IOException {
        return stagedUnder(IndexKey.family(IndexKey.STAGED));
    }

    /** The key of the row that a shard here belongs to, or null when no row names it. */
    public @Nullable RegisterKey owner(DataId id, int shard) throws IOException {
        return read(IndexKey.owner(id, shard), DriveIndex::keyOf);
    }

    static RegisterKey keyOf(ByteReader reader) throws IOException {
        long space = reader.i64();
        if (reader.remaining() > RegisterKey.KEY_BYTES_MAX) {
            throw reader.corrupt("a register key", reader.remaining() + " bytes");
        }
        return new RegisterKey(space, Bytes.wrap(reader.bytes(reader.remaining())));
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
        return read(IndexKey.fence(space), DriveIndex::fenceOf);
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
        return read(IndexKey.meta(CHECKPOINT), reader -> {
            IndexCheckpoint checkpoint = new IndexCheckpoint(reader.varint(), reader.varint(), reader.varint());
            reader.end();
            return checkpoint;
        });
    }

    /** What {@link IndexBatch#putMeta} kept under the name, or null. */
    public @Nullable Bytes meta(String metaName) throws IOException {
        return read(IndexKey.meta(metaName), reader -> Bytes.wrap(reader.bytes(reader.remaining())));
    }

    /** What the index says of itself; {@link #verification} tells whether it is true. */
    public Census census() throws IOException {
        Census census = new Census();
        forEach(
                IndexKey.family(IndexKey.CENSUS),
                (key, reader) -> census.set(IndexKey.censusGroupOf(key), CensusFormat.decode(reader)));
        return census;
    }

    /** A verification of everything that is in the index now. */
    public IndexVerification verification() throws IOException {
        return new IndexVerification(store.cursor(new byte[0]), name, this::damaged);
    }

    /** Closes the index as a crash would, without another write to its files. */
    public void abandon() throws IOException {
        store.abandon();
    }

    /** Closes the index and every cursor on it. Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        store.close();
    }

    private <T> @Nullable T read(byte[] key, Decoder<T> decoder) throws IOException {
        return watched(() -> {
            byte[] value = store.get(key);
            return value == null ? null : decoder.decode(IndexEnvelope.open(key, value, name));
        });
    }

    private <T> @Nullable T watched(Access<T> access) throws IOException {
        try {
            return access.run();
        } catch (CorruptException e) {
            damaged(e);
            throw e;
        }
    }

    private void damaged(CorruptException damage) {
        listener.onDamage(damage);
    }

    private List<Staged> stagedUnder(byte[] prefix) throws IOException {
        List<Staged> staged = new ArrayList<>();
        forEach(prefix, (key, reader) -> staged.add(new Staged(IndexKey.stagedIdOf(key), locationOf(reader))));
        return staged;
    }

    private void forEach(byte[] prefix, EntryConsumer consumer) throws IOException {
        watched(() -> {
            try (KeyValueStore.Cursor cursor = store.cursor(prefix)) {
                while (cursor.next() && startsWith(cursor.key(), prefix)) {
                    consumer.accept(cursor.key(), IndexEnvelope.open(cursor.key(), cursor.value(), name));
                }
            }
            return prefix;
        });
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static Location locationOf(ByteReader reader) throws IOException {
        Location location = StoredSlotFormat.readLocation(reader);
        reader.end();
        return location;
    }

    static Fence fenceOf(ByteReader reader) throws IOException {
        Fence fence = new Fence(reader.varint(), reader.flag());
        reader.end();
        return fence;
    }

    @FunctionalInterface
    private interface Access<T> {
        @Nullable
        T run() throws IOException;
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(ByteReader payload) throws IOException;
    }

    @FunctionalInterface
    private interface EntryConsumer {
        void accept(byte[] key, ByteReader payload) throws IOException;
    }
}
