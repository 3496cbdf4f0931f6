package io.azekura.persistence.drive;

import io.azekura.persistence.log.DriveLog;

/** The way into the log. Any thread; never blocks. */
final class RecordSink {
    private final DriveLog log;

    RecordSink(DriveLog log) {
        this.log = log;
    }

    /** Queues the record for the next group commit; false if the drive is closing, and the outcome is not told. */
    boolean append(LogRecord logged, PendingRecord.Outcome outcome) {
        return append(new PendingRecord(logged, outcome));
    }

    /** Queues the record for the next group commit; false if the drive is closing, and the outcome is not told. */
    boolean append(PendingRecord pending) {
        return log.append(pending);
    }

    /** Queues a record that nobody waits for. */
    void appendLazily(LogRecord logged) {
        log.appendLazily(new PendingRecord(logged, PendingRecord.Outcome.IGNORED));
    }
}
