package io.azekura.persistence;

import java.io.IOException;

/** A drive has less free space than its reserve: no new data, but reads and deletes go on. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String file, long freeBytes, long reserveBytes) {
        super(file + " has " + freeBytes + " bytes free, its reserve is " + reserveBytes);
    }
}
