package io.azekura.persistence.index;

import io.azekura.persistence.Check;

/**
 * How much native memory one index may take, and how it stores.
 *
 * @param cacheBytes uncompressed blocks kept in memory
 * @param writeBufferBytes size of one memory table; there are two of them while one is written out
 * @param compression whether blocks are compressed with Snappy
 * @param openFilesMax tables kept open; each is 2 MiB on disk, mapped, and has its own index in memory
 * @param reserveBytes free space below which the index is not opened: LevelDB maps what it writes, and a full file
 *     system under a mapping ends the process with a signal. An open index is closed below half of it
 */
public record IndexSettings(
        int cacheBytes, int writeBufferBytes, boolean compression, int openFilesMax, long reserveBytes) {
    /** Modest, because four to six drives share one small process. */
    public static final IndexSettings DEFAULT =
            new IndexSettings(16 * 1024 * 1024, 4 * 1024 * 1024, true, 500, 64L * 1024 * 1024);

    /** The same with another reserve. */
    public IndexSettings withReserve(long bytes) {
        return new IndexSettings(cacheBytes, writeBufferBytes, compression, openFilesMax, bytes);
    }

    /** Free space below which an open index is closed: far enough below the reserve that it does not flutter. */
    public long floorBytes() {
        return reserveBytes / 2;
    }

    public IndexSettings {
        Check.argument(cacheBytes >= 0, "negative index cache");
        Check.argument(writeBufferBytes >= 64 * 1024, "index write buffer below 64 KiB");
        Check.argument(openFilesMax >= 64, "index with fewer than 64 open files");
        Check.argument(reserveBytes >= 0, "negative index reserve");
    }
}
