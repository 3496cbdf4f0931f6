package io.azekura.persistence.mount;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.layout.ErasureShape;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mounts the drives of one node: looks into the listed directories, lets {@link MountDecision} decide, and writes the
 * superblocks that it asks for. A directory that is not a drive of the store is never written to; every drive that is
 * used has its boot counter raised durably first. One thread, once per start.
 */
public final class DriveMounts {
    private static final Logger LOG = LoggerFactory.getLogger(DriveMounts.class);

    /** Made by the file system itself, or left by a start that was cut short; a directory with these is empty. */
    private static final Set<String> IGNORED = Set.of("lost+found", DirectoryLock.FILE);

    private static final long FIRST_BOOT = 1;

    private final List<Path> directories;
    private final @Nullable ErasureShape shape;
    private final Supplier<UUID> ids;
    private final long nowMicros;
    private final Preparation preparation;
    private final Map<Path, DirectoryLock> locks = new HashMap<>();

    /** Makes of a formatted directory what its first mounting expects to find in it. */
    @FunctionalInterface
    public interface Preparation {
        /** Called again when a crash cut it short: whatever it left behind holds nothing yet. */
        void prepare(Path directory, DriveId drive) throws IOException;
    }

    private DriveMounts(
            List<Path> directories,
            @Nullable ErasureShape shape,
            Supplier<UUID> ids,
            long nowMicros,
            Preparation preparation) {
        this.directories = directories.stream()
                .map(path -> path.toAbsolutePath().normalize())
                .toList();
        this.shape = shape;
        this.ids = ids;
        this.nowMicros = nowMicros;
        this.preparation = preparation;
    }

    /**
     * Mounts what can be mounted of the directories.
     *
     * @param shape how a new store codes its bodies; null for what suits the number of drives, and without effect on a
     *     store that exists
     * @param ids gives random ids that were never given before
     * @param preparation run for a member that was never mounted, before its boot counter is raised for the first time:
     *     so a drive that was mounted once has what it prepares, or has lost it
     * @throws MountRefusedException if they do not make a store, or too few of them
     */
    public static MountedDrives mount(
            List<Path> directories,
            @Nullable ErasureShape shape,
            Supplier<UUID> ids,
            long nowMicros,
            Preparation preparation)
            throws IOException {
        DriveMounts mounts = new DriveMounts(directories, shape, ids, nowMicros, preparation);
        try {
            return mounts.mount();
        } catch (IOException | RuntimeException e) {
            MountedDrives.release(List.copyOf(mounts.locks.values()));
            throw e;
        }
    }

    private MountedDrives mount() throws IOException {
        refuseDuplicates();
        MountPlan plan = decide();
        if (plan instanceof MountPlan.Format format) {
            format(format);
            plan = decide();
        }
        if (!(plan instanceof MountPlan.Mount mount)) {
            throw new MountRefusedException("the drives just formatted cannot be read back", List.of());
        }
        List<DirectoryMount> mounted = new ArrayList<>();
        for (DirectoryMount directory : mount.directories()) {
            mounted.add(directory instanceof DirectoryMount.Mounted drive ? written(drive) : directory);
        }
        long members = mounted.stream()
                .filter(one -> one instanceof DirectoryMount.Mounted drive
                        && drive.superblock().isMember())
                .count();
        if (members < mount.layout().drivesToRead()) {
            throw new MountRefusedException(
                    "too few drives can be written to",
                    mounted.stream().map(DirectoryMount::toString).toList());
        }
        releaseUnused(mounted);
        return new MountedDrives(mount.clusterId(), mount.layout(), mounted, List.copyOf(locks.values()));
    }

    private void refuseDuplicates() throws IOException {
        Set<Path> seen = new HashSet<>();
        for (Path directory : directories) {
            if (!seen.add(Files.exists(directory) ? directory.toRealPath() : directory)) {
                throw new MountRefusedException(directory + " is listed twice", List.of());
            }
        }
    }

    private MountPlan decide() throws MountRefusedException {
        List<DirectoryFinding> findings = directories.stream().map(this::find).toList();
        return new MountDecision(findings, shape, ids, nowMicros).decide();
    }

    private DirectoryFinding find(Path directory) {
        try {
            if (Files.notExists(directory)) {
                return new DirectoryFinding.Missing(directory);
            }
            if (!SuperblockFiles.exist(directory)) {
                return isEmpty(directory)
                        ? new DirectoryFinding.Empty(directory)
                        : new DirectoryFinding.Unusable(
                                directory,
                                "is not empty and has no " + SuperblockFiles.FILE,
                                "empty it, or list another directory");
            }
            if (!lock(directory)) {
                return new DirectoryFinding.Unusable(
                        directory, "is in use by another process", "stop that process, or wait until it has ended");
            }
            return new DirectoryFinding.Drive(directory, SuperblockFiles.read(directory));
        } catch (FormatTooNewException e) {
            return new DirectoryFinding.Unusable(
                    directory, "was written by a later release", String.valueOf(e.getMessage()));
        } catch (CorruptException e) {
            return new DirectoryFinding.Unusable(
                    directory,
                    "has a damaged superblock (" + e.getMessage() + ")",
                    "restore " + SuperblockFiles.FILE + ", or empty the directory to have the drive replaced");
        } catch (IOException e) {
            return new DirectoryFinding.Unusable(
                    directory, "cannot be used (" + e + ")", "check the drive and the permissions of the directory");
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                boolean isIgnored =
                        IGNORED.contains(String.valueOf(entry.getFileName())) || SuperblockFiles.isUnfinished(entry);
                if (!isIgnored) {
                    return false;
                }
            }
            return true;
        }
    }

    /** All locks come first: of two processes that start on the same empty directories, one formats them all. */
    private void format(MountPlan.Format format) throws IOException {
        for (MountPlan.Write write : format.writes()) {
            DurableFiles.createDirectories(write.path());
            if (!lock(write.path())) {
                throw new MountRefusedException(write.path() + " is in use by another process", List.of());
            }
        }
        for (MountPlan.Write write : format.writes()) {
            if (SuperblockFiles.exist(write.path()) || !isEmpty(write.path())) {
                throw new MountRefusedException(write.path() + " was empty a moment ago and is not now", List.of());
            }
        }
        for (MountPlan.Write write : format.writes()) {
            SuperblockFiles.write(write.path(), write.superblock());
            LOG.info(
                    "Formatted {} as drive {}", write.path(), write.superblock().driveId());
        }
    }

    private DirectoryMount written(DirectoryMount.Mounted drive) {
        Path path = drive.path();
        try {
            if (!lock(path)) {
                return new DirectoryMount.Refused(path, "is in use by another process", "stop that process");
            }
            if (drive.superblock().isMember() && drive.superblock().boots() == FIRST_BOOT) {
                preparation.prepare(path, drive.superblock().driveId());
            }
            SuperblockFiles.write(path, drive.superblock());
            return drive;
        } catch (IOException e) {
            return new DirectoryMount.Refused(
                    path, "cannot be written to (" + e + ")", "check the drive and the permissions of the directory");
        }
    }

    /** A drive that is not ours may be wanted by its own store. */
    private void releaseUnused(List<DirectoryMount> mounted) {
        for (DirectoryMount directory : mounted) {
            DirectoryLock lock = locks.get(directory.path());
            if (lock != null && !(directory instanceof DirectoryMount.Mounted)) {
                locks.remove(directory.path());
                MountedDrives.release(List.of(lock));
            }
        }
    }

    private boolean lock(Path directory) throws IOException {
        if (!locks.containsKey(directory)) {
            DirectoryLock lock = DirectoryLock.tryLock(directory);
            if (lock == null) {
                return false;
            }
            locks.put(directory, lock);
        }
        return true;
    }
}
