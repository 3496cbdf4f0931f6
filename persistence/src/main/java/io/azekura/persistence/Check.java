package io.azekura.persistence;

/** Assertions that stay on in production: a failed one is a bug of this program, never a fault of disk or client. */
public final class Check {
    private Check() {}

    /** Throws {@link IllegalStateException} with the message when the condition does not hold. */
    public static void state(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    /** Throws {@link IllegalArgumentException} with the message when the condition does not hold. */
    public static void argument(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
