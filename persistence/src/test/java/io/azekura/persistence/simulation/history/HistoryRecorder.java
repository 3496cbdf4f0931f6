package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records a history while it happens; safe for many threads.
 *
 * <p>It counts events instead of reading a clock: an invocation is recorded before the request leaves and an end after the
 * answer came, so that the order of the counts is an order that really was.
 */
public final class HistoryRecorder {

    private record Open(String client, long invokedAt, Call call) {}

    private final Map<Integer, Open> open = new LinkedHashMap<>();
    private final List<Operation> done = new ArrayList<>();
    private long tick;
    private int nextId;

    /** Call before the request leaves; the id is for {@link #ok}, {@link #failed} or {@link #unknown}. */
    public synchronized int invoke(String client, Call call) {
        open.put(nextId, new Open(client, ++tick, call));
        return nextId++;
    }

    public void ok(int id, Result result) {
        end(id, new Outcome.Ok(result));
    }

    /** Only where it is certain that the operation never takes effect. */
    public void failed(int id, String reason) {
        end(id, new Outcome.Failed(reason));
    }

    public void unknown(int id) {
        end(id, Outcome.Unknown.UNKNOWN);
    }

    private synchronized void end(int id, Outcome outcome) {
        Open begun = open.remove(id);
        if (begun == null) {
            throw new IllegalStateException("operation " + id + " is not open");
        }
        done.add(new Operation(id, begun.client(), begun.invokedAt(), ++tick, begun.call(), outcome));
    }

    /** What happened until now; operations that are still open never returned. */
    public synchronized History history() {
        List<Operation> all = new ArrayList<>(done);
        open.forEach((id, begun) -> all.add(new Operation(
                id, begun.client(), begun.invokedAt(), Operation.NEVER, begun.call(), Outcome.Unknown.UNKNOWN)));
        return new History(all);
    }
}
