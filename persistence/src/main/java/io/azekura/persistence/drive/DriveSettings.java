package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;

/**
 * How one drive is run.
 *
 * @param reserveBytes free space of the file system below which new data is refused; tombstones, settling and reads go
 *     on. Covers the next log segments and LevelDB's files, whose mappings must never meet a full file system
 */
public record DriveSettings(LogSettings log, IndexSettings index, long reserveBytes, CompactionSettings compaction) {
    private static final long GIB = 1L << 30;

    public static final DriveSettings DEFAULTS = new DriveSettings(
            LogSettings.DEFAULTS, IndexSettings.DEFAULT, GIB, CompactionSettings.DEFAULTS);

    public DriveSettings(LogSettings log, IndexSettings index, long reserveBytes) {
        this(log, index, reserveBytes, CompactionSettings.DEFAULTS);
    }

    public DriveSettings {
        Check.argument(reserveBytes >= 0, "negative reserveBytes");
        Check.argument(log.payloadBytesMax() >= DriveEngine.RECORD_BYTES_MAX, "log batches too small for a record");
    }
}
