package io.azekura.persistence.drive;

import java.nio.file.Path;

/** A snapshot of one drive for operators and metrics. Bytes are of the file system the drive is on. */
public record DriveStatus(
        DriveId id,
        Path path,
        Condition condition,
        String reason,
        long totalBytes,
        long freeBytes,
        long logBytes,
        long commits,
        long committedRecords) {
    /** How much a drive can do. */
    public enum Condition {
        ONLINE,
        /** Something has been asked of it for long; the reason says for how long. It still takes requests. */
        SLOW,
        /** Something has been asked of it for so long that it answers "unknown", until that has ended. */
        HUNG,
        /** Below a space mark: no new data, reads and deletes go on until there is no room even for them. */
        FULL,
        /** Empty in the place of a drive that was lost; answers "unknown" until it is complete. */
        REPLACED,
        /** Failed a write, a sync or its identity check; answers "unknown" until remounted. */
        FAULTY
    }
}
