package io.azekura.persistence;

import java.io.IOException;

/**
 * A drive has less free space than its reserve, or its file system is full. What was asked for was not done, and may be
 * asked for again when there is room: this is no fault of the drive.
 */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String file, long freeBytes, long reserveBytes) {
        super(file + " has " + freeBytes + " bytes free, its reserve is " + reserveBytes);
    }

    /** The file system refused to give the file more room: bytes, inodes or quota. */
    public NoSpaceException(String file, IOException cause) {
        super(file + ": " + cause.getMessage(), cause);
    }

    /** The same, for another who asks. */
    public NoSpaceException(NoSpaceException earlier) {
        super(earlier.getMessage(), earlier);
    }
}
