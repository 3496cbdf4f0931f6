package io.azekura.persistence.mount;

import io.azekura.persistence.drive.LogContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a drive says about itself, read without a node and without changing anything. */
public record DriveInspection(DriveSuperblock superblock, LogContents log) {
    /**
     * Inspects one drive directory.
     *
     * @throws IOException if there is no drive, or somebody has it mounted, or it is damaged; the message says which
     */
    public static DriveInspection of(Path directory) throws IOException {
        if (!SuperblockFiles.exist(directory)) {
            throw new IOException(directory + " holds no drive: there is no " + SuperblockFiles.FILE);
        }
        refuseMounted(directory);
        DriveSuperblock superblock = SuperblockFiles.read(directory);
        return new DriveInspection(superblock, LogContents.of(directory, superblock.driveId()));
    }

    /** The log of a mounted drive grows while it is read, so its end could be mistaken for damage. */
    private static void refuseMounted(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(DirectoryLock.FILE))) {
            return;
        }
        DirectoryLock lock = DirectoryLock.tryLock(directory);
        if (lock == null) {
            throw new IOException(directory + " is in use by another process; stop that node first");
        }
        lock.close();
    }
}
