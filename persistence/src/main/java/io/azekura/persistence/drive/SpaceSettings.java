package io.azekura.persistence.drive;

import io.azekura.persistence.Check;

/**
 * How much room a drive leaves on its file system. The marks are for file systems of many gigabytes; on a small one each
 * shrinks to a share of it.
 *
 * @param reserveBytes free space below which no new data is taken
 * @param deletesBytes free space below which only what may free space is taken: tombstones, settling, fences
 * @param indexBytes free space below which nothing is taken that needs the log. Below half of it the index, and with it
 *     the drive, is closed: LevelDB maps its files, and a write to them on a full file system ends the process. Measured
 *     with file systems of 256 MiB that others filled at 400 MB/s: an index closed at 32 MiB was still closed in
 *     time in 160 of 160 fillings, one closed at 8 MiB cost three of four processes
 * @param reservePercentMax largest part of a file system that is reserved
 */
public record SpaceSettings(long reserveBytes, long deletesBytes, long indexBytes, int reservePercentMax) {
    private static final long MIB = 1L << 20;
    private static final int WHOLE = 100;

    public static final SpaceSettings DEFAULTS = new SpaceSettings(1024 * MIB, 512 * MIB, 128 * MIB, 25);

    public SpaceSettings {
        Check.argument(reserveBytes >= 0 && deletesBytes >= 0 && indexBytes >= 0, "a negative space mark");
        Check.argument(
                deletesBytes <= reserveBytes && indexBytes <= deletesBytes,
                "space marks that do not follow each other");
        Check.argument(reservePercentMax >= 1 && reservePercentMax <= WHOLE, "reservePercentMax outside 1 to 100");
    }

    /** The default lower marks, or less, below the given reserve. */
    public static SpaceSettings of(long reserveBytes, int reservePercentMax) {
        return new SpaceSettings(reserveBytes, 0, 0, reservePercentMax)
                .withLower(DEFAULTS.deletesBytes, DEFAULTS.indexBytes);
    }

    /** These marks on a file system of that size. */
    public SpaceSettings on(long totalBytes) {
        long reserve = Math.min(reserveBytes, totalBytes / WHOLE * reservePercentMax);
        return new SpaceSettings(reserve, 0, 0, reservePercentMax).withLower(deletesBytes, indexBytes);
    }

    /** With lower marks that leave some room to each kind of records, but half of the reserve to the index. */
    private SpaceSettings withLower(long deletes, long index) {
        return new SpaceSettings(
                reserveBytes,
                Math.min(deletes, reserveBytes / 4 * 3),
                Math.min(index, reserveBytes / 2),
                reservePercentMax);
    }
}
