package io.azekura.persistence.simulation.history;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one operation means to one key: a condition on the state and perhaps a new state, at one moment between {@code
 * invokedAt} and {@code endsAt}. A step that is not required may also never happen.
 *
 * <p>States are values, {@link #NONE} for a key that is not there, and {@link #NO_BUCKET}. Except for these two a state is
 * written by at most one step.
 */
record RegisterStep(
        Operation operation,
        long invokedAt,
        long endsAt,
        boolean required,
        Guard guard,
        Set<String> states,
        @Nullable String written) {

    static final String NONE = "<none>";
    static final String NO_BUCKET = "<no bucket>";

    enum Guard {
        /** The state is one of the named. */
        ONE_OF,
        /** The bucket is there and the state is none of the named. */
        NONE_OF
    }

    RegisterStep {
        states = Set.copyOf(states);
    }

    static RegisterStep read(Operation operation, String state) {
        return new RegisterStep(
                operation, operation.invokedAt(), operation.endsAt(), true, Guard.ONE_OF, Set.of(state), null);
    }

    static RegisterStep readOther(Operation operation, String state) {
        return new RegisterStep(
                operation, operation.invokedAt(), operation.endsAt(), true, Guard.NONE_OF, Set.of(state), null);
    }

    /** A write in any state of an existing bucket. */
    static RegisterStep write(Operation operation, String written) {
        return new RegisterStep(
                operation,
                operation.invokedAt(),
                operation.endsAt(),
                operation.isOk(),
                Guard.NONE_OF,
                Set.of(),
                written);
    }

    static RegisterStep change(Operation operation, String expected, String written) {
        return new RegisterStep(
                operation,
                operation.invokedAt(),
                operation.endsAt(),
                operation.isOk(),
                Guard.ONE_OF,
                Set.of(expected),
                written);
    }

    /** The same, as if it had not returned yet. */
    RegisterStep asPending() {
        return new RegisterStep(operation, invokedAt, Operation.NEVER, false, guard, states, written);
    }

    /** The same on other states. */
    RegisterStep withStates(Set<String> others) {
        return new RegisterStep(operation, invokedAt, endsAt, required, guard, others, written);
    }

    boolean isRead() {
        return written == null;
    }

    boolean isRequiredRead() {
        return required && written == null;
    }

    /** Whether the step can happen in a state. */
    boolean allows(String state) {
        return guard == Guard.ONE_OF ? states.contains(state) : !states.contains(state) && !state.equals(NO_BUCKET);
    }

    /** Whether it takes effect only on exactly this state. */
    boolean expects(String state) {
        return guard == Guard.ONE_OF && states.size() == 1 && states.contains(state);
    }

    /** The one state it takes effect on; null if there are more. */
    @Nullable
    String expected() {
        return guard == Guard.ONE_OF && states.size() == 1 ? states.iterator().next() : null;
    }

    boolean isBefore(RegisterStep other) {
        return endsAt < other.invokedAt;
    }
}
