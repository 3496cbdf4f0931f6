package io.azekura.persistence.drive;

import java.io.IOException;

/** The drive is faulty: after the first failed write or sync nothing on it is retried into looking durable. */
public final class DriveFaultException extends IOException {
    private static final long serialVersionUID = 1L;

    public DriveFaultException(String message, Throwable cause) {
        super(message, cause);
    }

    public DriveFaultException(String message) {
        super(message);
    }
}
