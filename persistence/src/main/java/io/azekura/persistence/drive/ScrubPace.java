package io.azekura.persistence.drive;

import java.io.IOException;

/** How fast a scrub may read. */
@FunctionalInterface
interface ScrubPace {
    /** As fast as the drive can. */
    ScrubPace FULL = bytes -> {};

    /** So many bytes were read: returns when the next may be, or throws to end the scrub. */
    void spend(long bytes) throws IOException;
}
