package io.azekura.persistence.log;

import io.azekura.persistence.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a replay showed. */
final class CollectedRecords implements RecordVisitor {
    record Seen(byte type, Bytes payload, LogPosition position) {}

    final List<Seen> records = new ArrayList<>();
    LogPoint end = LogPoint.START;

    @Override
    public void onRecord(byte type, ByteBuffer payload, LogPosition position) {
        records.add(new Seen(type, Bytes.copyOf(payload), position));
    }

    @Override
    public void onBatchEnd(LogPoint point) {
        end = point;
    }

    List<Bytes> payloads() {
        return records.stream().map(Seen::payload).toList();
    }
}
