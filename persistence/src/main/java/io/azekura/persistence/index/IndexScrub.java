package io.azekura.persistence.index;

import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies every entry of an index that is in use, page by page, each against the key it was written for. What cannot
 * be read is told and skipped. One thread.
 */
public final class IndexScrub {
    /** Before every key. */
    public static final Bytes START = Bytes.wrap(new byte[] {0});

    private static final byte[] FAMILIES = {
        IndexKey.FENCE, IndexKey.META, IndexKey.ROW, IndexKey.STAGED, IndexKey.UNSETTLED, (byte) 0xFF
    };

    private final DriveIndex index;
    private final Visitor visitor;

    public IndexScrub(DriveIndex index, Visitor visitor) {
        this.index = index;
        this.visitor = visitor;
    }

    /** Hears of every entry. */
    public interface Visitor {
        /** So many bytes of entries were read. May wait, and ends the scrub by an exception. */
        void onBytes(long bytes) throws IOException;

        void onSlot(RegisterKey key, StoredSlot slot) throws IOException;

        void onStaged(Staged staged) throws IOException;

        /** An entry, or several behind one, cannot be read. {@code key} is null unless one key is concerned. */
        void onDamage(@Nullable RegisterKey key, String what);
    }

    /** An entry that was read and not yet looked at: visitors must not hold up the cursor. */
    private record Entry(byte[] key, byte[] value) {}

    /**
     * Verifies the entries from the given raw key on, so many at most.
     *
     * @return the raw key to go on with, or null when there are no more
     */
    public @Nullable Bytes page(Bytes from, int entriesMax) throws IOException {
        List<Entry> entries = new ArrayList<>(entriesMax);
        byte[] next = from.array();
        IOException failure = null;
        boolean isEnd = false;
        try (KeyValueStore.Cursor cursor = index.store().cursor(next)) {
            while (!isEnd && entries.size() < entriesMax) {
                isEnd = !cursor.next();
                if (!isEnd) {
                    entries.add(new Entry(cursor.key(), cursor.value()));
                    next = Arrays.copyOf(cursor.key(), cursor.key().length + 1);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
        for (Entry entry : entries) {
            verify(entry);
        }
        if (failure != null) {
            visitor.onDamage(null, "entries behind " + Bytes.wrap(next) + " cannot be read: " + failure.getMessage());
            return readableAfter(next);
        }
        return isEnd ? null : Bytes.wrap(next);
    }

    private void verify(Entry entry) throws IOException {
        visitor.onBytes(entry.key.length + (long) entry.value.length);
        byte family = entry.key[0];
        boolean isOfKey = family == IndexKey.ROW || family == IndexKey.UNSETTLED;
        RegisterKey key = null;
        StoredSlot slot = null;
        Staged staged = null;
        try {
            key = isOfKey ? IndexKey.rowOf(entry.key) : null;
            ByteReader reader = IndexEnvelope.open(entry.key, entry.value, "index");
            if (family == IndexKey.ROW) {
                slot = StoredSlotFormat.decode(reader);
            } else if (family == IndexKey.STAGED) {
                staged = new Staged(IndexKey.stagedIdOf(entry.key), StoredSlotFormat.readLocation(reader));
                reader.end();
            }
        } catch (IOException | IllegalArgumentException e) {
            visitor.onDamage(key, String.valueOf(e.getMessage()));
        }
        if (key != null && slot != null) {
            visitor.onSlot(key, slot);
        } else if (staged != null) {
            visitor.onStaged(staged);
        }
    }

    /** A key behind the given one from which the index can be read: the damage takes at least a table's block. */
    private @Nullable Bytes readableAfter(byte[] key) {
        for (byte[] candidate : laterKeys(key)) {
            try (KeyValueStore.Cursor cursor = index.store().cursor(candidate)) {
                return cursor.next() ? Bytes.wrap(cursor.key()) : null;
            } catch (IOException stillDamaged) {
                // Further on.
            }
        }
        return null;
    }

    /** Keys at growing distances: behind all that begin with ever shorter prefixes of this one. */
    private static List<byte[]> laterKeys(byte[] key) {
        List<byte[]> later = new ArrayList<>();
        for (int length = key.length; length > 0; length--) {
            if (key[length - 1] != (byte) 0xFF) {
                byte[] candidate = Arrays.copyOf(key, length);
                candidate[length - 1]++;
                later.add(candidate);
            }
        }
        for (byte family : FAMILIES) {
            if (Byte.toUnsignedInt(family) > Byte.toUnsignedInt(key[0])) {
                later.add(new byte[] {family});
            }
        }
        return later;
    }
}
