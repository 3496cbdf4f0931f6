package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How one drive is run. */
public record DriveSettings(
        LogSettings log,
        IndexSettings index,
        SpaceSettings space,
        DelaySettings delays,
        CompactionSettings compaction) {
    public static final DriveSettings DEFAULTS = new DriveSettings(
            LogSettings.DEFAULTS,
            IndexSettings.DEFAULT,
            SpaceSettings.DEFAULTS,
            DelaySettings.DEFAULTS,
            CompactionSettings.DEFAULTS);

    private static final int WHOLE = 100;

    /**
     * A drive with the default delays and compaction.
     *
     * @param reserveBytes free space below which new data is refused, however small the file system is
     */
    public DriveSettings(LogSettings log, IndexSettings index, long reserveBytes) {
        this(log, index, SpaceSettings.of(reserveBytes, WHOLE), DelaySettings.DEFAULTS, CompactionSettings.DEFAULTS);
    }

    /** The same with another compaction. */
    public DriveSettings with(CompactionSettings other) {
        return new DriveSettings(log, index, space, delays, other);
    }

    public DriveSettings {
        Check.argument(log.payloadBytesMax() >= DriveEngine.RECORD_BYTES_MAX, "log batches too small for a record");
    }

    /** The same with the marks that suit the file system of the directory, which log and index keep to as well. */
    DriveSettings fitting(Path directory) throws IOException {
        SpaceSettings marks = space.on(Files.getFileStore(directory).getTotalSpace());
        return new DriveSettings(
                log.withKeptFree(marks.indexBytes()), index.withReserve(marks.indexBytes()), marks, delays, compaction);
    }
}
