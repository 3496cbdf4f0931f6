package io.azekura.persistence;

import java.io.IOException;

/** A file of a format version that a later release wrote. */
public final class FormatTooNewException extends IOException {
    private static final long serialVersionUID = 1L;

    public FormatTooNewException(String file, int found, int newest) {
        super(file + " has format version " + found + ", newer than " + newest
                + ", the newest this release reads: start it with the release that wrote it");
    }
}
