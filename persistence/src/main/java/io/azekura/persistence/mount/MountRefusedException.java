package io.azekura.persistence.mount;

import java.io.IOException;
import java.util.List;

/** The listed directories do not make a store that could be started. Nothing that was in them was changed. */
public final class MountRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** One sentence that says why, and one for each directory that is to blame. */
    MountRefusedException(String reason, List<String> details) {
        super(details.isEmpty() ? reason : reason + "\n  " + String.join("\n  ", details));
    }
}
