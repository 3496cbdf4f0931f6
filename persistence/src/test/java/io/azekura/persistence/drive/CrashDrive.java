package io.azekura.persistence.drive;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.mount.DirectoryMount;
import io.azekura.persistence.mount.DriveMounts;
import io.azekura.persistence.mount.MountedDrives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens the drive in a directory as a node would: by its superblock, or, for most protocols, straight. One thread. */
final class CrashDrive {
    private static final int MIB = 1 << 20;
    private static final long NOW_MICROS = 1_700_000_000_000_000L;

    /** The smallest log, so that few operations fill a segment. */
    private static final DriveSettings SETTINGS = new DriveSettings(
            new LogSettings(MIB + 8192, MIB + 4096, 4, 5, true), new IndexSettings(MIB, 64 * 1024, false, 64, 0), 0);

    private static final AlignedBufferPool POOL = new AlignedBufferPool(32L * MIB);

    private final boolean isMounted;
    private final Random random;
    private @Nullable MountedDrives mounts;
    private DriveId id = DriveDirectory.ID;

    CrashDrive(boolean isMounted, Random random) {
        this.isMounted = isMounted;
        this.random = random;
    }

    /** What a mounting found: the drive, and the number of its mountings, or 0 without a superblock. */
    record Mounted(DriveId id, long boots) {}

    /** Formats the drive if it never was mounted before, and says what is there. */
    Mounted mount(Path root, boolean isNew) throws IOException {
        if (!isMounted) {
            if (isNew) {
                DriveEngine.create(root, id, SETTINGS);
            }
            return new Mounted(id, 0);
        }
        MountedDrives mounted = DriveMounts.mount(
                List.of(root),
                null,
                () -> new UUID(random.nextLong(), random.nextLong()),
                NOW_MICROS,
                (directory, drive) -> DriveEngine.create(directory, drive, SETTINGS));
        mounts = mounted;
        DirectoryMount.Mounted found = mounted.inSlot(0);
        if (found == null) {
            throw new IOException("the drive is refused: " + mounted.directories());
        }
        id = found.superblock().driveId();
        return new Mounted(id, found.superblock().boots());
    }

    DriveEngine open(Path root, Consumer<IOException> onFault) throws IOException {
        return DriveEngine.open(root, id, SETTINGS, POOL, onFault);
    }

    void unmount() {
        if (mounts != null) {
            mounts.close();
            mounts = null;
        }
    }
}
