package io.azekura.persistence.log;

import io.azekura.persistence.Check;

/**
 * Where the payload of one record is in the log: valid for as long as the segment exists, across restarts.
 *
 * @param offset of the first payload byte from the start of the segment file
 * @param length of the payload in bytes
 */
public record LogPosition(long segment, long offset, int length) {
    public LogPosition {
        Check.argument(segment >= 0 && offset > 0 && length >= 0, "log position out of range");
    }
}
