package io.azekura.persistence.drive;

import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps the drive's promise bound durable ahead of the ballots that it meets (register rule 7). Any thread. */
final class PromiseBound {
    private final RecordSink sink;
    private final SlotTable slots;
    private final List<Runnable> waiting = new ArrayList<>();
    private long durable;
    private long requested;

    PromiseBound(RecordSink sink, SlotTable slots, long durable) {
        this.sink = sink;
        this.slots = slots;
        this.durable = durable;
        this.requested = durable;
    }

    /** Runs the action once a bound of this counter is durable, or the drive is faulty. */
    void require(long counter, Runnable then) {
        boolean isDurable;
        synchronized (this) {
            isDurable = counter <= durable;
            if (!isDurable) {
                waiting.add(then);
            }
        }
        if (isDurable) {
            then.run();
        } else {
            request(counter);
        }
    }

    /** Makes a higher bound durable in the background when the ballot comes near the present one. */
    void prepareFor(Ballot ballot) {
        if (!isRequesting()) {
            request(Acceptor.boundFor(ballot));
        }
    }

    private synchronized boolean isRequesting() {
        return requested > durable;
    }

    private void request(long counter) {
        synchronized (this) {
            if (counter <= requested) {
                return;
            }
            requested = counter;
        }
        PendingRecord.Outcome outcome = new PendingRecord.Outcome() {
            @Override
            public void applied() {
                raise(counter);
            }

            @Override
            public void failed(IOException cause) {
                giveUp();
            }
        };
        if (!sink.append(new LogRecord.Bound(counter), outcome)) {
            giveUp();
        }
    }

    /** The drive is faulty or closing: those who wait are answered so when they ask again. */
    private void giveUp() {
        synchronized (this) {
            requested = durable;
        }
        release();
    }

    private void raise(long counter) {
        slots.raiseBound(counter);
        synchronized (this) {
            durable = Math.max(durable, counter);
        }
        release();
    }

    private void release() {
        List<Runnable> ready;
        synchronized (this) {
            ready = List.copyOf(waiting);
            waiting.clear();
        }
        ready.forEach(Runnable::run);
    }
}
