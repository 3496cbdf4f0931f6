package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import java.util.List;
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

    /**
     * Replace the state. {@code body} are the bytes of a {@link Content.Whole}, null for any other content; {@code edits}
     * change the older versions; {@code timeMicros} is the version time.
     */
    record Write<R>(
            State.Kind kind,
            Bytes value,
            Content content,
            @Nullable Bytes body,
            List<VersionEdit> edits,
            long timeMicros,
            long configVersion)
            implements Decision<R> {
        public Write {
            edits = List.copyOf(edits);
        }

        /** A write without version time that leaves the older versions alone. */
        public Write(State.Kind kind, Bytes value, Content content, @Nullable Bytes body, long configVersion) {
            this(kind, value, content, body, List.of(), 0, configVersion);
        }
    }

    /**
     * Have the same state accepted again under a ballot of now; where there was none, an empty tombstone. It is no
     * operation of its own and passes every fence that is open. {@code body} as in {@link Write}.
     */
    record Reaffirm<R>(@Nullable Bytes body) implements Decision<R> {}

    /** Leave the state as it is. The state that led to the refusal is confirmed chosen before it is answered. */
    record Refuse<R>(R reason) implements Decision<R> {}
}
