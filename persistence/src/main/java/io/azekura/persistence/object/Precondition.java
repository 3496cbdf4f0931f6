package io.azekura.persistence.object;

import org.jspecify.annotations.Nullable;

/** What must hold of the object for a change to happen; judged inside the change. */
public sealed interface Precondition {
    Precondition NONE = new None();

    /** Why the change is refused, or null. {@code object} is the current version unless it is a delete marker. */
    @Nullable
    Refusal judge(@Nullable Version object);

    /** Anything goes. */
    record None() implements Precondition {
        @Override
        public @Nullable Refusal judge(@Nullable Version object) {
            return null;
        }
    }

    /** There must be no object: If-None-Match with an asterisk. */
    record Absent() implements Precondition {
        @Override
        public @Nullable Refusal judge(@Nullable Version object) {
            return object == null ? null : Refusal.PRECONDITION_FAILED;
        }
    }

    /** There must be an object with this ETag, or with any if it is an asterisk: If-Match. */
    record Matches(String etag) implements Precondition {
        @Override
        public @Nullable Refusal judge(@Nullable Version object) {
            if (object == null) {
                return Refusal.NO_SUCH_KEY;
            }
            boolean isMatch = etag.equals("*") || etag.equals(object.etag());
            return isMatch ? null : Refusal.PRECONDITION_FAILED;
        }
    }
}
