package io.azekura.persistence.mount;

import io.azekura.persistence.drive.DriveContents;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.drive.OfflineDrive;
import io.azekura.persistence.drive.OfflineDrive.IndexRebuilt;
import io.azekura.persistence.drive.ScrubReport;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A drive that no node has mounted, for an operator: what it holds, whether it is sound, and a new index for it. Nobody
 * can mount it until this is closed. One thread.
 */
public final class UnmountedDrive implements AutoCloseable {
    private final Path directory;
    private final DirectoryLock lock;
    private final DriveSuperblock superblock;
    private final OfflineDrive drive;

    private UnmountedDrive(Path directory, DirectoryLock lock, DriveSuperblock superblock, OfflineDrive drive) {
        this.directory = directory;
        this.lock = lock;
        this.superblock = superblock;
        this.drive = drive;
    }

    /**
     * Opens one drive directory.
     *
     * @throws IOException if there is no drive, or somebody has it mounted, or no copy of its superblock is valid; the
     *     message says which
     */
    public static UnmountedDrive open(Path directory, DriveSettings settings) throws IOException {
        if (!SuperblockFiles.exist(directory)) {
            throw new IOException(directory + " holds no drive: there is no " + SuperblockFiles.FILE);
        }
        DirectoryLock lock = DirectoryLock.tryLock(directory);
        if (lock == null) {
            throw new IOException(directory + " is in use by another process; stop that node first");
        }
        try {
            DriveSuperblock superblock = SuperblockFiles.read(directory);
            OfflineDrive drive = OfflineDrive.open(directory, superblock.driveId(), settings);
            return new UnmountedDrive(directory, lock, superblock, drive);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public DriveSuperblock superblock() {
        return superblock;
    }

    /** What the directory holds. Changes nothing. */
    public DriveContents inspect() throws IOException {
        return drive.inspect();
    }

    /**
     * Verifies every byte that means something. Changes nothing of the drive.
     *
     * @param scratch a directory with room for two copies of the index, best on the same file system
     */
    public ScrubReport verify(Path scratch) throws IOException {
        return drive.verify(scratch, damages -> SuperblockFiles.verify(directory, damages));
    }

    /**
     * Sets the index aside and rebuilds it from the log.
     *
     * @throws io.azekura.persistence.CorruptException if the log is damaged before its end; the index stays as it is
     *     then, and the message says where
     */
    public IndexRebuilt rebuildIndex() throws IOException {
        return drive.rebuildIndex();
    }

    @Override
    public void close() throws IOException {
        try {
            drive.close();
        } finally {
            lock.close();
        }
    }
}
