package io.azekura.persistence.drive;

/**
 * Writes down in the log what the drive had when each segment began, and at an orderly close what it has in the end: a
 * replay must come to the same. Called by the log's applying thread.
 */
final class CensusRecorder {
    private final DriveState state;
    private final RecordSink sink;
    private long segment;

    CensusRecorder(DriveState state, RecordSink sink, long segment) {
        this.state = state;
        this.sink = sink;
        this.segment = segment;
    }

    /** A batch is about to be applied, and everything before it was. */
    void beforeBatch(long segmentOfBatch, long batch) {
        if (segmentOfBatch != segment) {
            segment = segmentOfBatch;
            sink.appendLazily(taken(batch));
        }
    }

    /** Nothing will follow; everything before the batch was applied. */
    void atTheEnd(long nextBatch) {
        sink.appendLazily(taken(nextBatch));
    }

    private LogRecord.TakenCensus taken(long batch) {
        return new LogRecord.TakenCensus(state.firstSegment(), batch, state.census());
    }
}
