package io.azekura.persistence.simulation.history;

import java.util.Optional;

/**
 * One call of one client and how it ended, in ticks of one clock that all clients share.
 *
 * <p>Only a strictly earlier return comes before an invocation: operations that touch at a tick count as concurrent, so
 * that a coarse clock hides errors but never invents one.
 */
public record Operation(int id, String client, long invokedAt, long returnedAt, Call call, Outcome outcome) {

    /** The return of an operation that never returned. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if (returnedAt < invokedAt) {
            throw new IllegalArgumentException("operation " + id + " returned before it was invoked");
        }
        if (returnedAt == NEVER && !(outcome instanceof Outcome.Unknown)) {
            throw new IllegalArgumentException("operation " + id + " never returned, so its outcome is unknown");
        }
    }

    public boolean isOk() {
        return outcome instanceof Outcome.Ok;
    }

    public boolean isFailed() {
        return outcome instanceof Outcome.Failed;
    }

    public boolean isUnknown() {
        return outcome instanceof Outcome.Unknown;
    }

    /** Whether it may have changed something: it neither failed nor was refused. */
    public boolean mayHaveTakenEffect() {
        return isUnknown() || (outcome instanceof Outcome.Ok ok && !(ok.result() instanceof Result.Refusal));
    }

    /** Whether it certainly took effect, by the time it returned. */
    public boolean tookEffect() {
        return isOk() && mayHaveTakenEffect();
    }

    /** The last moment at which it can have taken effect. */
    public long endsAt() {
        return isOk() ? returnedAt : NEVER;
    }

    /** Whether all it did was over before the other began. */
    public boolean isBefore(Operation other) {
        return endsAt() < other.invokedAt;
    }

    /** The answer, if there was one. */
    public <R extends Result> Optional<R> result(Class<R> type) {
        return outcome instanceof Outcome.Ok ok && type.isInstance(ok.result())
                ? Optional.of(type.cast(ok.result()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return HistoryPrinter.line(this);
    }
}
