package io.azekura.persistence.mount;

import io.azekura.persistence.drive.Damage;
import io.azekura.persistence.layout.Layout;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The drives of a started store. Each mounted directory is locked until this is closed, after its drive was. */
public final class MountedDrives implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MountedDrives.class);

    private final UUID clusterId;
    private final Layout layout;
    private final List<DirectoryMount> directories;
    private final List<DirectoryLock> locks;

    MountedDrives(UUID clusterId, Layout layout, List<DirectoryMount> directories, List<DirectoryLock> locks) {
        this.clusterId = clusterId;
        this.layout = layout;
        this.directories = List.copyOf(directories);
        this.locks = List.copyOf(locks);
    }

    public UUID clusterId() {
        return clusterId;
    }

    public Layout layout() {
        return layout;
    }

    /** What became of each directory, in the order in which they were listed. */
    public List<DirectoryMount> directories() {
        return directories;
    }

    /** The drive in this slot of the layout, or null when it is absent or refused. */
    public DirectoryMount.@Nullable Mounted inSlot(int slot) {
        for (DirectoryMount directory : directories) {
            if (directory instanceof DirectoryMount.Mounted mounted
                    && mounted.superblock().slot() == slot) {
                return mounted;
            }
        }
        return null;
    }

    /**
     * Looks whether a directory still is the drive that was mounted: it may have been emptied, swapped or unmounted
     * since. One small read.
     *
     * @throws IOException if it is not, or nobody can tell
     */
    public void confirm(DirectoryMount.Mounted mounted) throws IOException {
        DriveSuperblock found = SuperblockFiles.read(mounted.path());
        DriveSuperblock expected = mounted.superblock();
        if (!found.driveId().equals(expected.driveId()) || found.boots() != expected.boots()) {
            throw new IOException(mounted.path() + " is no longer drive " + expected.driveId()
                    + " as it was mounted, but " + found.driveId() + " mounted " + found.boots() + " times");
        }
    }

    /** Tells which copies of the superblock of a mounted drive are damaged. */
    public void verifySuperblocks(DirectoryMount.Mounted mounted, Consumer<Damage> damages) {
        SuperblockFiles.verify(mounted.path(), damages);
    }

    @Override
    public void close() {
        release(locks);
    }

    static void release(List<DirectoryLock> locks) {
        for (DirectoryLock lock : locks) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("Cannot release the lock of a drive; the end of the process will", e);
            }
        }
    }
}
