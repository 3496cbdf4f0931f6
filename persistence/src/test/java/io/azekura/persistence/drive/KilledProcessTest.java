package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.crash.DiskCall;
import io.azekura.persistence.drive.crash.DiskImage;
import io.azekura.persistence.drive.crash.RecordedDisk;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.MissingShard;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that was killed leaves what it wrote in memory of the operating system, from where it may or may not come to the
 * disk: it is made durable before the next process lets anyone rely on it.
 */
class KilledProcessTest {
    private static final DataId DATA = Samples.data(0x11);
    private static final State SHARDED = Samples.live(Samples.sharded(DATA, List.of(0, 1, 2, 3)), 5);

    @TempDir
    Path temporary;

    @Test
    void whatAKilledProcessWroteToTheLogIsSyncedBeforeItIsShownOrFollowed() throws Exception {
        RecordedDisk disk = disk();
        try (DriveEngine drive = DriveDirectory.at(disk.root()).open()) {
            assertInstanceOf(
                    Accepted.class,
                    Samples.accept(drive, Samples.key("a"), Samples.ballot(5), Samples.tombstone(5), null));
            disk.killAfter(1, false);
            assertInstanceOf(
                    Unknown.class,
                    Samples.accept(drive, Samples.key("b"), Samples.ballot(6), Samples.tombstone(6), null));
        }
        disk.revive();
        int killed = disk.calls().size();
        try (DriveEngine drive = DriveDirectory.at(disk.root()).open()) {
            assertInstanceOf(Found.class, drive.read(Samples.key("b")));
        }
        List<DiskCall> calls = disk.calls().subList(killed, disk.calls().size());
        int segment = inode(disk, "log/segment-0000000000000000.log");
        int written = first(calls, call -> call instanceof DiskCall.Write write && write.inode() == segment);
        assertTrue(first(calls, new DiskCall.SyncFile(segment)::equals) < written);
        assertTrue(first(calls, new DiskCall.SyncDirectory("log")::equals) < written);
    }

    @Test
    void aStagedShardFileThatIsFoundIsSyncedWithItsName() throws Exception {
        RecordedDisk disk = disk();
        try (DriveEngine drive = DriveDirectory.at(disk.root()).open()) {
            Samples.write(drive, DATA, 0, Samples.bytes(1, 100_000));
        }
        int closed = disk.calls().size();
        try (DriveEngine drive = DriveDirectory.at(disk.root()).open()) {
            Ballot ballot = Samples.ballot(1L << 40);
            assertInstanceOf(Accepted.class, Samples.accept(drive, Samples.key("a"), ballot, SHARDED, null));
        }
        List<DiskCall> calls = disk.calls().subList(closed, disk.calls().size());
        assertTrue(calls.contains(new DiskCall.SyncFile(inode(disk, "shards/11/" + DATA + "-0"))));
        assertTrue(calls.contains(new DiskCall.SyncDirectory("shards/11")));
    }

    @Test
    void aStagedShardFileOfWhichAPowerCutLeftOnlyTheFrontIsNotThere() throws Exception {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        Bytes shard = Samples.bytes(1, 100_000);
        try (DriveEngine drive = directory.open()) {
            Samples.write(drive, DATA, 0, shard);
        }
        Path file = directory.path().resolve("shards/11/" + DATA + "-0");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 8192, bytes.length, (byte) 0);
        Files.write(file, bytes);
        try (DriveEngine drive = directory.open()) {
            assertEquals(
                    new MissingShard(0), Samples.accept(drive, Samples.key("a"), Samples.ballot(5), SHARDED, null));
        }
    }

    private RecordedDisk disk() throws Exception {
        Path real = Files.createDirectories(temporary.resolve("recorded"));
        RecordedDisk disk = new RecordedDisk(real, DiskImage.empty(), name -> !name.startsWith(DriveRecovery.INDEX));
        DriveEngine.create(disk.root(), DriveDirectory.ID, DriveDirectory.settings(0));
        return disk;
    }

    /** Of the file that got the name last, by itself or by a rename. */
    private static int inode(RecordedDisk disk, String path) {
        int inode = -1;
        for (DiskCall call : disk.calls()) {
            boolean isNamed = call instanceof DiskCall.Rename rename
                    ? rename.to().equals(path)
                    : call instanceof DiskCall.Create made && made.path().equals(path);
            if (isNamed) {
                inode = call instanceof DiskCall.Rename rename
                        ? inode(disk, rename.path())
                        : ((DiskCall.Create) call).inode();
            }
        }
        return inode;
    }

    private static int first(List<DiskCall> calls, Predicate<DiskCall> isWanted) {
        for (int i = 0; i < calls.size(); i++) {
            if (isWanted.test(calls.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no such call");
    }
}
