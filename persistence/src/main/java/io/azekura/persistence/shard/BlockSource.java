package io.azekura.persistence.shard;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that are read by position: a file, or a record of the log. One thread at a time. */
public interface BlockSource extends AutoCloseable {
    /** Fills the target from {@code offset}; fewer bytes than that are an exception. */
    void read(long offset, ByteBuffer target) throws IOException;

    /** Names the bytes in error messages, such as a file. */
    String name();

    /** Offset of the first byte of the source in what {@link #name} names, for error messages. */
    default long origin() {
        return 0;
    }

    @Override
    void close();
}
