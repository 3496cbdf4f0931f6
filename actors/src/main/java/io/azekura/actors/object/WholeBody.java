package io.azekura.actors.object;

import akka.util.ByteString;

/** Collects a small body of announced length. One thread at a time. */
final class WholeBody {
    private final byte[] bytes;
    private int received;

    WholeBody(int length) {
        this.bytes = new byte[length];
    }

    /** Fails with {@link IncompleteBodyException} when the body goes on after its announced length. */
    WholeBody append(ByteString more) throws IncompleteBodyException {
        if (more.length() > bytes.length - received) {
            throw new IncompleteBodyException("more than " + bytes.length + " bytes");
        }
        more.copyToArray(bytes, received, more.length());
        received += more.length();
        return this;
    }

    /** The body; fails with {@link IncompleteBodyException} when bytes are missing. */
    byte[] complete() throws IncompleteBodyException {
        if (received < bytes.length) {
            throw new IncompleteBodyException(received + " of " + bytes.length + " bytes");
        }
        return bytes;
    }
}
