package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.log.CommittedEntry;
import io.azekura.persistence.log.LogEntry;
import io.azekura.persistence.log.LogListener;
import io.azekura.persistence.log.LogPoint;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Carries to the index what the log has made durable, and tells who waited for it. On the log's applying thread. */
final class Applying implements LogListener {
    private final SlotTable slots;
    private final DriveState state;
    private final RecordSink sink;
    private final ShardKeeper shards;
    private final SpaceGauge space;
    private final DriveHealth health;
    private final RecordApplier applier;
    private final CensusRecorder censuses;
    private LogPoint end;

    Applying(
            DriveRecovery.Recovered recovered,
            SlotTable slots,
            RecordSink sink,
            ShardKeeper shards,
            SpaceGauge space,
            DriveHealth health) {
        this.slots = slots;
        this.state = recovered.state();
        this.sink = sink;
        this.shards = shards;
        this.space = space;
        this.health = health;
        this.end = recovered.log().end();
        this.applier = new RecordApplier(recovered.index(), slots::durable, state, false);
        this.censuses = new CensusRecorder(state, sink, end.segment());
    }

    /** When nothing is asked any more: waits until all that is queued was applied, and has that counted in the log. */
    void takeLastCensus() {
        CompletableFuture<Void> counted = new CompletableFuture<>();
        PendingRecord.Outcome outcome = new PendingRecord.Outcome() {
            @Override
            public void applied() {
                censuses.atTheEnd(end.batchSequence());
                counted.complete(null);
            }

            @Override
            public void failed(IOException cause) {
                counted.complete(null);
            }
        };
        // A record that changes nothing, behind everything else.
        if (sink.append(new LogRecord.Bound(state.bound()), outcome)) {
            counted.join();
        }
    }

    @Override
    public void onCommitted(List<CommittedEntry> batch, LogPoint behind) throws IOException {
        censuses.beforeBatch(batch.get(0).position().segment(), behind.batchSequence() - 1);
        end = behind;
        boolean isChange = false;
        for (CommittedEntry committed : batch) {
            LogRecord logged = ((PendingRecord) committed.entry()).logged();
            applier.apply(logged, committed.position());
            isChange |= !(logged instanceof LogRecord.TakenCensus);
        }
        // The last census stays behind the checkpoint, so that the next opening finds it.
        RecordApplier.Applied applied = isChange ? applier.commit(end) : RecordApplier.Applied.NOTHING;
        slots.applied(applied.slots());
        for (CommittedEntry committed : batch) {
            PendingRecord pending = (PendingRecord) committed.entry();
            if (pending.logged() instanceof LogRecord.Settle settle) {
                slots.endSettle(settle.key(), settle.ballot());
            }
            pending.outcome().applied();
        }
        shards.delete(applied.dropped());
    }

    @Override
    public void onRefused(List<LogEntry> batch, NoSpaceException cause) {
        space.noteFull();
        for (LogEntry entry : batch) {
            PendingRecord pending = (PendingRecord) entry;
            if (pending.logged() instanceof LogRecord.Settle settle) {
                slots.endSettle(settle.key(), settle.ballot());
            }
            pending.outcome().refused(cause);
        }
    }

    @Override
    public void onFailed(List<LogEntry> batch, IOException cause) {
        health.unreadable(cause);
        for (LogEntry entry : batch) {
            ((PendingRecord) entry).outcome().failed(cause);
        }
    }
}
