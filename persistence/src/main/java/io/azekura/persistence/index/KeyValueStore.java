package io.azekura.persistence.index;

import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordered map from bytes to bytes on disk: all that the index asks of LevelDB, small enough to be played by a map
 * in tests. Keys are ordered as unsigned bytes from the left. Any thread may call any method; after {@link #close}
 * every call throws.
 */
interface KeyValueStore extends AutoCloseable {
    /** One change of a batch: a put, or a removal when the value is null. */
    record Change(Bytes key, @Nullable Bytes value) {}

    byte @Nullable [] get(byte[] key) throws IOException;

    /**
     * Applies all changes or none, in order; not durable by itself: a crash loses the batches since some moment, at
     * most two write buffers of them, an orderly close loses none. After a failed write every later one fails too, since
     * a store that lost a write must not look whole.
     */
    void write(List<Change> changes) throws IOException;

    /** Closes at once, without writing: what a crash would lose is lost. To be called when the files fail or must not grow. */
    default void abandon() throws IOException {
        close();
    }

    /** A cursor over what is stored now, standing before the first key at or after {@code from}. */
    Cursor cursor(byte[] from) throws IOException;

    @Override
    void close() throws IOException;

    /** Goes forward only. One thread at a time, closed soon: it holds native memory. */
    interface Cursor extends AutoCloseable {
        /** Moves to the next key; false when there is none. */
        boolean next() throws IOException;

        byte[] key();

        byte[] value();

        /** Makes the next call of {@link #next} stand on the first key at or after the given one. */
        void seek(byte[] key) throws IOException;

        @Override
        void close();
    }
}
