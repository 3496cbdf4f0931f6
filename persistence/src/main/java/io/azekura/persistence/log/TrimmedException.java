package io.azekura.persistence.log;

import java.nio.file.NoSuchFileException;

/** The segment was trimmed: what it held that is still of use is at another place by now. */
public final class TrimmedException extends NoSuchFileException {
    private static final long serialVersionUID = 1;

    public TrimmedException(String file) {
        super(file, null, "trimmed from the log");
    }
}
