package io.azekura.node.settings;

/** A setting that cannot be used. The message is one line for the operator: where it stands, what it is, what is allowed. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }
}
