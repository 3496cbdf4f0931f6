package io.azekura.persistence.drive;

import java.io.IOException;

/** A scrub was told to end; it can go on later where it was. */
final class ScrubStoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    ScrubStoppedException() {
        super("the scrub was stopped");
    }
}
