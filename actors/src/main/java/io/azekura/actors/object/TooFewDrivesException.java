package io.azekura.actors.object;

import io.azekura.persistence.NoSpaceException;
import java.io.IOException;

/** Too few drives took the shards of a write to acknowledge it: nothing was written. */
final class TooFewDrivesException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean outOfSpace;

    /** The cause is the last failure of one drive. */
    TooFewDrivesException(Throwable cause) {
        super("too few drives took the shards, the last refused because: " + cause, cause);
        this.outOfSpace = cause instanceof NoSpaceException;
    }

    /** Whether lack of room was the reason. */
    boolean isOutOfSpace() {
        return outOfSpace;
    }
}
