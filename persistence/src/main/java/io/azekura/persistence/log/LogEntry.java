package io.azekura.persistence.log;

import java.nio.ByteBuffer;

/**
 * One record to append. The log keeps the reference until the record is committed and hands it back then, so whoever
 * appends may hang his own context on it. Must not change after it was appended.
 */
public interface LogEntry {
    /** What the payload is; the log does not interpret it. */
    byte type();

    /** Length of the payload in bytes; the same on every call. */
    int length();

    /** Puts exactly {@link #length()} bytes. Called once, on the log's committing thread. */
    void writeTo(ByteBuffer target);
}
