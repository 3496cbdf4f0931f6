package io.azekura.persistence.index;

import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key value store in memory, whose bytes a test may damage. */
final class MapStore implements KeyValueStore {
    final NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);

    @Override
    public byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    @Override
    public void write(List<Change> changes) {
        for (Change change : changes) {
            Bytes value = change.value();
            if (value == null) {
                map.remove(change.key().array());
            } else {
                map.put(change.key().array(), value.array());
            }
        }
    }

    @Override
    public Cursor cursor(byte[] from) {
        TreeMap<byte[], byte[]> snapshot = new TreeMap<>(map);
        return new Cursor() {
            private NavigableMap<byte[], byte[]> rest = snapshot.tailMap(from, true);
            private Map.@Nullable Entry<byte[], byte[]> entry;

            @Override
            public boolean next() throws IOException {
                entry = rest.firstEntry();
                if (entry == null) {
                    return false;
                }
                rest = snapshot.tailMap(entry.getKey(), false);
                return true;
            }

            @Override
            public byte[] key() {
                return Objects.requireNonNull(entry).getKey();
            }

            @Override
            public byte[] value() {
                return Objects.requireNonNull(entry).getValue();
            }

            @Override
            public void seek(byte[] key) {
                rest = snapshot.tailMap(key, true);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
