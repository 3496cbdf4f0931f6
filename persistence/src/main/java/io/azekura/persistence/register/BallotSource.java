package io.azekura.persistence.register;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ballots of one process start. Counters only grow, over all keys: whatever was seen anywhere is passed by
 * the next ballot, so that a key met for the first time rarely refuses it. Safe for any thread.
 */
public final class BallotSource {
    private final long process;
    private final AtomicLong counter = new AtomicLong();

    /** The argument must be random and never used by another process start (register rule 12). */
    public BallotSource(long process) {
        this.process = process;
    }

    public Ballot next() {
        return new Ballot(counter.incrementAndGet(), process);
    }

    /** Makes every later ballot greater than this one. */
    public void saw(Ballot ballot) {
        if (ballot.counter() > counter.get()) {
            counter.accumulateAndGet(ballot.counter(), Math::max);
        }
    }
}
