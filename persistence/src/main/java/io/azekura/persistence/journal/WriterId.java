package io.azekura.persistence.journal;

import java.util.HexFormat;

/** Sixteen random bytes, new for every incarnation of an entity: tells its batches from those of any other. */
public record WriterId(long high, long low) {
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
