package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * How a procedure ended.
 *
 * @param <T> what it answers when it succeeded
 */
public sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    /** Nothing happened, for this reason. */
    record Refused<T>(Refusal refusal) implements Outcome<T> {}

    /** The bucket was closed or reconfigured under the procedure; nothing happened. */
    record Outdated<T>(long configVersion, boolean closed) implements Outcome<T> {}

    /** Too few drives have room; nothing happened. */
    record NoRoom<T>() implements Outcome<T> {}

    /** Not now; nothing happened. */
    record Unavailable<T>(String reason) implements Outcome<T> {}

    /** It may or may not have happened, or may yet happen. */
    record Unknown<T>(String reason) implements Outcome<T> {}

    /** Goes on with what was done; any other end stays as it is. */
    default <U> CompletionStage<Outcome<U>> then(Function<T, CompletionStage<Outcome<U>>> next) {
        if (this instanceof Done<T> done) {
            return next.apply(done.value());
        }
        return CompletableFuture.completedStage(failed());
    }

    /** Turns what was done into something else; any other end stays as it is. */
    default <U> Outcome<U> map(Function<T, U> next) {
        return this instanceof Done<T> done ? new Done<>(next.apply(done.value())) : failed();
    }

    /** This end, which is not {@link Done}, for another kind of answer. */
    @SuppressWarnings("unchecked") // No end but Done has a value of the type.
    default <U> Outcome<U> failed() {
        Check.state(!(this instanceof Done<T>), "an end without a value is expected");
        return (Outcome<U>) this;
    }
}
