package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps the drive's promise bound durable ahead of the ballots that it meets (register rule 7). Any thread. */
final class PromiseBound {
    private final RecordSink sink;
    private final SlotTable slots;
    private final List<Waiting> waiting = new ArrayList<>();
    private long durable;
    private long requested;

    private record Waiting(Runnable then, Consumer<NoSpaceException> onFull) {}

    PromiseBound(RecordSink sink, SlotTable slots, long durable) {
        this.sink = sink;
        this.slots = slots;
        this.durable = durable;
        this.requested = durable;
    }

    /**
     * Runs the action once a bound of this counter is durable, or the drive is faulty.
     *
     * @param onFull run instead when the log has no room for a bound
     */
    void require(long counter, Runnable then, Consumer<NoSpaceException> onFull) {
        boolean isDurable;
        synchronized (this) {
            isDurable = counter <= durable;
            if (!isDurable) {
                waiting.add(new Waiting(then, onFull));
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

            @Override
            public void refused(NoSpaceException cause) {
                takeBack().forEach(one -> one.onFull().accept(cause));
            }
        };
        if (!sink.append(new LogRecord.Bound(counter), outcome)) {
            giveUp();
        }
    }

    /** The drive is faulty or closing: those who wait are answered so when they ask again. */
    private void giveUp() {
        takeBack().forEach(one -> one.then().run());
    }

    /** No bound is on its way any more. */
    private synchronized List<Waiting> takeBack() {
        requested = durable;
        return takeWaiting();
    }

    private void raise(long counter) {
        slots.raiseBound(counter);
        synchronized (this) {
            durable = Math.max(durable, counter);
        }
        takeWaiting().forEach(one -> one.then().run());
    }

    private synchronized List<Waiting> takeWaiting() {
        List<Waiting> ready = List.copyOf(waiting);
        waiting.clear();
        return ready;
    }
}
