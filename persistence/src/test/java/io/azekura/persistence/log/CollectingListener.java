package io.azekura.persistence.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Turns the log's word about each entry into a future. Entries must be equal only to themselves. */
class CollectingListener implements LogListener {
    private final ConcurrentMap<LogEntry, CompletableFuture<LogPosition>> outcomes = new ConcurrentHashMap<>();
    final List<LogEntry> committedInOrder = new ArrayList<>();

    CompletableFuture<LogPosition> outcome(LogEntry entry) {
        return outcomes.computeIfAbsent(entry, unused -> new CompletableFuture<>());
    }

    CompletableFuture<LogPosition> append(DriveLog log, LogEntry entry) {
        CompletableFuture<LogPosition> outcome = outcome(entry);
        if (!log.append(entry)) {
            outcome.completeExceptionally(new IOException("closing"));
        }
        return outcome;
    }

    @Override
    public void onCommitted(List<CommittedEntry> batch, LogPoint end) throws IOException {
        for (CommittedEntry committed : batch) {
            committedInOrder.add(committed.entry());
            outcome(committed.entry()).complete(committed.position());
        }
    }

    @Override
    public void onFailed(List<LogEntry> batch, IOException cause) {
        for (LogEntry entry : batch) {
            outcome(entry).completeExceptionally(cause);
        }
    }
}
