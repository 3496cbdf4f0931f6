package io.azekura.persistence.drive;

import java.util.UUID;

/** The identity of one drive, minted when it is formatted; a drive that lost its state gets a new one (rule 8). */
public record DriveId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
