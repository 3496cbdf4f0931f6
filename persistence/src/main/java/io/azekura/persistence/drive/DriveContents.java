package io.azekura.persistence.drive;

import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a drive's directory holds.
 *
 * @param logFault why the log cannot be read to its end, or null; then records and end are those before
 * @param isIndexSetAside whether a damaged index was kept beside the present one
 * @param fileBytes length of all shard files
 * @param freeBytes of the file system that the directory is on
 */
public record DriveContents(
        Map<String, Long> records,
        long recordBytes,
        @Nullable LogPoint end,
        @Nullable String logFault,
        long segments,
        long logBytes,
        boolean hasIndex,
        boolean isIndexSetAside,
        long indexBytes,
        long files,
        long fileBytes,
        long totalBytes,
        long freeBytes) {
    public DriveContents {
        records = Map.copyOf(records);
    }

    static DriveContents of(Path directory, DriveId id) throws IOException {
        LogContents log = new LogContents(Map.of(), 0, LogPoint.START);
        String fault = null;
        try {
            log = LogContents.of(directory, id);
        } catch (IOException e) {
            fault = e.getMessage();
        }
        Sum segments = Sum.of(directory.resolve(DriveRecovery.LOG));
        Path index = directory.resolve(DriveRecovery.INDEX);
        Sum shards = new Sum();
        Path root = directory.resolve(DriveRecovery.SHARDS);
        for (int number = 0; number < ShardFiles.directoryCount(); number++) {
            ShardFiles.forEach(root, number, (data, shard) -> shards.add(ShardFiles.file(root, data, shard)));
        }
        FileStore store = Files.getFileStore(directory);
        return new DriveContents(
                log.records(),
                log.payloadBytes(),
                fault == null ? log.end() : null,
                fault,
                segments.files,
                segments.bytes,
                Files.exists(index),
                Files.exists(directory.resolve(DriveRecovery.DAMAGED_INDEX)),
                Sum.of(index).bytes,
                shards.files,
                shards.bytes,
                store.getTotalSpace(),
                store.getUsableSpace());
    }

    private static final class Sum {
        private long files;
        private long bytes;

        static Sum of(Path directory) throws IOException {
            Sum sum = new Sum();
            if (Files.isDirectory(directory)) {
                try (Stream<Path> entries = Files.list(directory)) {
                    for (Path entry : entries.toList()) {
                        sum.add(entry);
                    }
                }
            }
            return sum;
        }

        void add(Path file) throws IOException {
            try {
                bytes += Files.size(file);
                files++;
            } catch (NoSuchFileException gone) {
                // Removed since it was listed.
            }
        }
    }
}
