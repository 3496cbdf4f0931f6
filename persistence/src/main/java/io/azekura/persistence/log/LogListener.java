package io.azekura.persistence.log;

import io.azekura.persistence.NoSpaceException;
import java.io.IOException;
import java.util.List;

/**
 * Learns the fate of every appended record: exactly one call names it. Calls come one at a time, in the order of the
 * log, on the log's applying thread; meanwhile the next batches are already being written.
 */
public interface LogListener {
    /**
     * The records are on stable storage; {@code end} is the point behind them.
     *
     * @throws IOException if they cannot be applied: the log is faulty from then on and the records are reported
     *     failed
     */
    void onCommitted(List<CommittedEntry> batch, LogPoint end) throws IOException;

    /**
     * The log is faulty. Whether the records are on stable storage is unknown; they may reappear after a restart.
     *
     * @param cause the first failure of this log, the same on every call
     */
    void onFailed(List<LogEntry> batch, IOException cause);

    /**
     * The log is full: the records were not written, will not reappear, and may be appended again. The log itself goes
     * on, with smaller records at once and with others when there is room.
     */
    default void onRefused(List<LogEntry> batch, NoSpaceException cause) {
        onFailed(batch, cause);
    }
}
