package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Linearizable registers, one per key. Calls never block; stages never fail, every end is an outcome. */
public interface Register {
    CompletionStage<ReadOutcome> read(RegisterKey key);

    /** Applies the change once. The operation id must be fresh; retries happen inside. */
    <R> CompletionStage<ChangeOutcome<R>> change(RegisterKey key, OperationId operation, Change<R> change);

    /**
     * As {@link #change}, for a change that is not ready yet because the shards that it names are still being made
     * durable: the prepare may go out meanwhile, so that both waits are one. Other changes of the key wait behind it, so
     * it is for the last moment, when all bytes are with the drives and only their syncs are to come. The stage of the
     * change must not fail.
     */
    default <R> CompletionStage<ChangeOutcome<R>> changeOnceReady(
            RegisterKey key, OperationId operation, CompletionStage<? extends Change<R>> change) {
        return change.thenCompose(ready -> change(key, operation, ready));
    }

    sealed interface ReadOutcome permits Value, Unreadable, Reader.Pending, Reader.LayoutChanged {}

    /**
     * The state of the register; {@link State#ABSENT} when a quorum is certain that there is none. {@code body} are the
     * bytes of a whole content if the drives sent them along.
     */
    record Value(Ballot ballot, State state, @Nullable Bytes body) implements ReadOutcome {
        public Value(Ballot ballot, State state) {
            this(ballot, state, null);
        }
    }

    /** No quorum of usable answers: the state cannot be told now. */
    record Unreadable(String reason) implements ReadOutcome {}

    /** No quorum of promises: the change certainly did not and will not happen. */
    record Unavailable<R>(String reason) implements ChangeOutcome<R> {}

    sealed interface ChangeOutcome<R>
            permits Applied, Declined, Outdated, NoRoom, OutcomeUnknown, Unavailable, Proposer.LayoutChanged {}

    /** Chosen and acknowledged by enough drives (register rule 3). */
    record Applied<R>(Ballot ballot, State state) implements ChangeOutcome<R> {}

    /** The change refused the state, which was current at some moment of the call. */
    record Declined<R>(R reason, Ballot ballot, State current) implements ChangeOutcome<R> {}

    /** The bucket was closed or reconfigured under the writer (register rule 10); nothing happened. */
    record Outdated<R>(long configVersion, boolean closed) implements ChangeOutcome<R> {}

    /** Too few drives have room for new data; nothing happened. */
    record NoRoom<R>() implements ChangeOutcome<R> {}

    /** The change may or may not have happened, or may yet happen. Never reported as success or as refusal. */
    record OutcomeUnknown<R>(String reason) implements ChangeOutcome<R> {}
}
