package io.azekura.node;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AskPattern;
import io.azekura.actors.drive.DriveActor.MountReply;
import io.azekura.actors.drive.DriveActor.NotMounted;
import io.azekura.actors.drive.DriveHandle;
import io.azekura.actors.drive.MountedDrive;
import io.azekura.node.NodeDrives.Mounting;
import io.azekura.node.NodeReport.DriveLine;
import io.azekura.node.settings.Settings;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveEngine;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveScrubber;
import io.azekura.persistence.drive.DriveStatus.Condition;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.mount.DirectoryMount;
import io.azekura.persistence.mount.DirectoryMount.Mounted;
import io.azekura.persistence.mount.DriveMounts;
import io.azekura.persistence.mount.MountedDrives;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Mounts the drive directories that the settings name: decides who they are, starts an owner for each that can be used,
 * and waits until all of those have recovered. A place of the layout whose drive is absent, refused or not complete
 * answers "unknown".
 */
final class LocalMounting implements Mounting {
    /** Recovery replays what a crash left, and may have to rebuild an index: slow is not failed. */
    private static final Duration RECOVERY_MAX = Duration.ofHours(24);

    /** Idle buffers kept for shards, shared by all drives: a quarter of what the launcher allows for direct memory. */
    private static final long IDLE_BUFFER_BYTES = 256L << 20;

    private final Settings settings;

    LocalMounting(Settings settings) {
        this.settings = settings;
    }

    @Override
    public NodeDrives mount(ActorSystem<Guardian.Command> system) throws StartRefusedException {
        MountedDrives directories = mountDirectories();
        try {
            return openDrives(system, directories);
        } catch (StartRefusedException | RuntimeException e) {
            directories.close();
            throw e;
        }
    }

    private MountedDrives mountDirectories() throws StartRefusedException {
        try {
            return DriveMounts.mount(
                    settings.drives(),
                    null,
                    UUID::randomUUID,
                    Store.microsNow(),
                    (directory, drive) -> DriveEngine.create(directory, drive, settings.drive()));
        } catch (IOException e) {
            throw new StartRefusedException(String.valueOf(e.getMessage()), e);
        }
    }

    private NodeDrives openDrives(ActorSystem<Guardian.Command> system, MountedDrives directories)
            throws StartRefusedException {
        Layout layout = directories.layout();
        List<Drive> drives = new ArrayList<>();
        Map<Path, CompletionStage<MountReply>> opening = new HashMap<>();
        AlignedBufferPool pool = new AlignedBufferPool(IDLE_BUFFER_BYTES);
        for (int slot = 0; slot < layout.drives().size(); slot++) {
            Mounted mounted = directories.inSlot(slot);
            if (mounted == null) {
                drives.add(unavailable(layout.drives().get(slot), slot));
            } else if (!mounted.superblock().isMember()) {
                drives.add(replacement(mounted));
            } else {
                DriveHandle handle = new DriveHandle(mounted.superblock().driveId(), mounted.path());
                drives.add(handle);
                opening.put(mounted.path(), open(system, directories, mounted, handle, slot, pool));
            }
        }
        Map<Path, String> failures = new HashMap<>();
        opening.forEach((path, reply) -> {
            if (reply.toCompletableFuture().join() instanceof NotMounted failed) {
                failures.put(path, failed.reason());
            }
        });
        List<DriveLine> lines = directories.directories().stream()
                .map(directory -> line(directory, failures))
                .toList();
        int usable = opening.size() - failures.size();
        if (usable < layout.drivesToRead()) {
            throw new StartRefusedException(tooFew(usable, layout, lines));
        }
        return new NodeDrives(drives, layout, directories.clusterId().toString(), lines, directories::close);
    }

    private CompletionStage<MountReply> open(
            ActorSystem<Guardian.Command> system,
            MountedDrives directories,
            Mounted mounted,
            DriveHandle handle,
            int slot,
            AlignedBufferPool pool) {
        Executor io = system.dispatchers().lookup(DispatcherSelector.fromConfig(Store.IO_DISPATCHER));
        MountedDrive.Opener opener = onFault -> new LocalDrive(directories, mounted, settings, pool, onFault);
        return AskPattern.ask(
                system,
                replyTo -> new Guardian.Mount(String.valueOf(slot), handle, opener, io, replyTo),
                RECOVERY_MAX,
                system.scheduler());
    }

    private static DriveHandle unavailable(DriveId id, int slot) {
        return DriveHandle.unavailable(id, Path.of("slot-" + slot), Condition.FAULTY, "absent or refused");
    }

    private static DriveHandle replacement(Mounted mounted) {
        return DriveHandle.unavailable(
                mounted.superblock().driveId(),
                mounted.path(),
                Condition.REPLACED,
                "a replacement that is not complete");
    }

    private static DriveLine line(DirectoryMount directory, Map<Path, String> failures) {
        if (!(directory instanceof Mounted mounted)) {
            String text = directory
                    .toString()
                    .substring(directory.path().toString().length())
                    .strip();
            return new DriveLine(directory.path(), false, text);
        }
        if (!mounted.superblock().isMember()) {
            return new DriveLine(
                    directory.path(),
                    false,
                    "is empty, in the place of a lost drive; this version does not fill it, so it stays unused");
        }
        String failure = failures.getOrDefault(directory.path(), "");
        return new DriveLine(directory.path(), failure.isEmpty(), failure);
    }

    private static String tooFew(int usable, Layout layout, List<DriveLine> lines) {
        StringBuilder text = new StringBuilder("only " + usable + " of "
                + layout.drives().size() + " drives can be used, and " + layout.drivesToRead() + " are needed");
        for (DriveLine line : lines) {
            if (!line.online()) {
                text.append("\n  ").append(line.directory()).append(' ').append(line.remark());
            }
        }
        return text.toString();
    }

    /** The engine of one directory, and the question whether the directory still is that drive. */
    private static final class LocalDrive implements MountedDrive {
        private final MountedDrives directories;
        private final Mounted mounted;
        private final DriveEngine engine;
        private final DriveScrubber scrubber;

        LocalDrive(
                MountedDrives directories,
                Mounted mounted,
                Settings settings,
                AlignedBufferPool pool,
                Consumer<IOException> onFault)
                throws IOException {
            this.directories = directories;
            this.mounted = mounted;
            this.engine =
                    DriveEngine.open(mounted.path(), mounted.superblock().driveId(), settings.drive(), pool, onFault);
            this.scrubber = engine.scrub(
                    settings.scrub(), damages -> directories.verifySuperblocks(mounted, damages), Store::microsNow);
        }

        @Override
        public Drive drive() {
            return engine;
        }

        @Override
        public void checkIdentity() throws IOException {
            directories.confirm(mounted);
            engine.verifyIdentity();
        }

        @Override
        public void close() throws IOException {
            scrubber.close();
            engine.close();
        }
    }
}
