package io.azekura.actors.object;

import java.io.IOException;

/** Fewer than k shards of a body can be read now. */
final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
