package io.azekura.persistence.drive;

import java.io.IOException;

/**
 * The drive does not trust its index any more and answers "unknown" to everything. Opened again, it rebuilds the index
 * from its log: that is durably noted.
 */
public final class IndexDoubtException extends IOException {
    private static final long serialVersionUID = 1L;

    public IndexDoubtException(String message, Throwable cause) {
        super(message, cause);
    }
}
