package io.azekura.node;

/** The node cannot or must not start. The message is one line for the operator, with the remedy. */
public final class StartRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartRefusedException(String message) {
        super(message);
    }

    public StartRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
