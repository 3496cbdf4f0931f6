package io.azekura.persistence;

import java.io.IOException;

/** A file of a format version that this release no longer reads. */
public final class FormatTooOldException extends IOException {
    private static final long serialVersionUID = 1L;

    public FormatTooOldException(String file, int found, int oldest) {
        super(file + " has format version " + found + ", older than " + oldest
                + ", the oldest this release reads: start it once with an earlier release that upgrades it");
    }
}
