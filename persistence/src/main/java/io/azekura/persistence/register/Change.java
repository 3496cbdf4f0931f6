package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A change to one register, run against the state that it will replace, so that every precondition is atomic with the
 * write. May run more than once and must depend on nothing but its argument.
 *
 * @param <R> why a change may be refused
 */
@FunctionalInterface
public interface Change<R> {
    Decision<R> decide(State current);

    /** What a change makes of a state. */
    sealed interface Decision<R> {}

    /** Replace the state. {@code body} are the bytes of a {@link Content.Whole}, null for any other content. */
    record Write<R>(
            State.Kind kind,
            Bytes value,
            Content content,
            @Nullable Bytes body,
            long configVersion) implements Decision<R> {}

    /** Leave the state as it is. The state that led to the refusal is confirmed chosen before it is answered. */
    record Refuse<R>(R reason) implements Decision<R> {}
}
