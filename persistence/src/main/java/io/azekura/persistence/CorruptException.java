package io.azekura.persistence;

import java.io.IOException;

/** Bytes on a drive that are not what was written there. Never answered with anything but "unknown". */
public final class CorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Names the file, the byte offset in it, and what was expected and found there. */
    public CorruptException(String file, long offset, String expected, String found) {
        super(file + " at byte " + offset + ": expected " + expected + ", found " + found);
    }
}
