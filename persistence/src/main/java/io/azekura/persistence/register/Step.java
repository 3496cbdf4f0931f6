package io.azekura.persistence.register;

import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Prepare;

/**
 * What {@link Reader} and {@link Proposer} ask of their surroundings. They return steps, to be carried out in order,
 * and are told the replies; they never call anybody. {@code position} is the
 * number of a replica.
 *
 * @param <O> the outcome
 */
public sealed interface Step<O> {
    record SendRead<O>(int position) implements Step<O> {}

    record SendPrepare<O>(int position, Prepare prepare) implements Step<O> {}

    record SendAccept<O>(int position, Accept accept) implements Step<O> {}

    /** {@code everywhere}: all replicas, learners included, have row and shards (register rule 14). */
    record SendSettle<O>(int position, RegisterKey key, Ballot ballot, boolean everywhere) implements Step<O> {}

    /** Call back {@code onTimer} with the same argument after the delay. */
    record StartTimer<O>(Timer timer, long delayMillis) implements Step<O> {}

    /** The end; nothing follows, and later replies are ignored. */
    record Finish<O>(O outcome) implements Step<O> {}

    /** A timer of one attempt; one of an earlier attempt is ignored when it fires. */
    record Timer(Purpose purpose, int attempt) {}

    /** Why a timer was started. */
    enum Purpose {
        /** Ask the drives that were not asked yet, or have not answered. */
        HEDGE,
        /** Begin the next attempt. */
        BACK_OFF,
        /** Stop waiting for drives that are slower than the quorum. */
        STRAGGLERS,
        /** Give up the whole operation. */
        DEADLINE
    }
}
