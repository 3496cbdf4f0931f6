package io.azekura.persistence.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is shown the records of a log in order. */
public interface RecordVisitor {
    /** One record whose checksum was verified. The payload is only valid during the call. */
    void onRecord(byte type, ByteBuffer payload, LogPosition position) throws IOException;

    /** Everything before {@code end} has been shown. */
    void onBatchEnd(LogPoint end) throws IOException;
}
