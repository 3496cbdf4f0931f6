package io.azekura.actors.object;

import java.io.IOException;

/** A body ended before its announced length, or went on after it. Nothing of it is stored. */
public final class IncompleteBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    IncompleteBodyException(String message) {
        super(message);
    }
}
