package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.NoSpace;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a disk may do to a drive: the process lives, the drive beside it works on, and nothing acknowledged is lost. All
 * of it in file systems of these tests' own.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DiskFaultIT {
    private static final int MIB = 1 << 20;
    private static final int BODY = 16 * 1024;
    private static final int ALWAYS = -1;
    private static final int ROUNDS = 3;
    private static final Path STRACE = Path.of("/usr/bin/strace");

    /** Slow and hung soon, so that the tests of that are not. */
    private static final DelaySettings IMPATIENT = new DelaySettings(100, 500, 2 * MIB);

    @TempDir
    Path temporary;

    private final AcknowledgedRows rows = new AcknowledgedRows();
    private final AcknowledgedRows others = new AcknowledgedRows();
    private final ScriptedDisk disk = new ScriptedDisk();
    private DriveEngine other;

    @BeforeEach
    void openTheDriveBeside() throws IOException {
        other = DriveDirectory.create(temporary.resolve("other")).open();
    }

    @AfterEach
    void theDriveBesideWorks() throws IOException {
        assertInstanceOf(Accepted.class, others.write(other, BODY));
        others.requireAll(other);
        other.close();
    }

    private static DriveSettings settings(int reserveMegabytes) {
        long reserve = (long) reserveMegabytes * MIB;
        SpaceSettings space = SpaceSettings.of(reserve, 50);
        return new DriveSettings(
                DriveDirectory.LOG, DriveDirectory.INDEX, space, DelaySettings.DEFAULTS, CompactionSettings.OFF);
    }

    /** Fills a file system at random moments of a load in a process of its own, which must live. */
    @ParameterizedTest
    @EnumSource(SmallMount.Kind.class)
    void aFileSystemThatOthersFillToTheLastByteEndsNoProcess(SmallMount.Kind kind) throws Exception {
        try (SmallMount mount = SmallMount.of(kind, temporary, 256)) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            List<String> said = run(List.of(), FilledFromOutside.class, mount.directory(), directory.path(), ROUNDS);
            assertEquals(List.of("lived"), said);
        }
    }

    /** Writes and reads while its file system is filled and emptied again. */
    static final class FilledFromOutside {
        private FilledFromOutside() {}

        public static void main(String[] arguments) throws Exception {
            SmallMount mount = SmallMount.at(Path.of(arguments[0]));
            DriveDirectory directory = DriveDirectory.at(Path.of(arguments[1]));
            AcknowledgedRows rows = new AcknowledgedRows();
            Random random = new Random(20261127);
            for (int round = 0; round < Integer.parseInt(arguments[2]); round++) {
                rows.reopened();
                try (DriveEngine drive = directory.open(SegmentChannel.Opener.FILES, settings(128))) {
                    if (round > 0) {
                        rows.requireAll(drive);
                    }
                    int before = random.nextInt(300);
                    for (int i = 0; i < before; i++) {
                        assertInstanceOf(Accepted.class, rows.write(drive, 1 + random.nextInt(4096)));
                    }
                    loadWhileFilled(mount, drive, rows, random);
                }
                mount.empty();
            }
            System.out.println("lived");
            System.exit(0);
        }

        /** Goes on for a while after the file system is full, as reading alone has LevelDB write. */
        private static void loadWhileFilled(SmallMount mount, DriveEngine drive, AcknowledgedRows rows, Random random)
                throws Exception {
            Process filling = mount.fill();
            for (int after = 0; after < 10_000; after += filling.isAlive() ? 0 : 1) {
                if (after == 0 || after % 100 == 0) {
                    rows.write(drive, 1 + random.nextInt(4096));
                }
                drive.read(Samples.key("row" + random.nextInt(1000)));
            }
            assertEquals(DriveStatus.Condition.FULL, condition(drive));
        }
    }

    /** Runs a main class with the words before it, and returns the lines that are not of the logger. */
    private static List<String> run(List<String> before, Class<?> main, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(String.valueOf(argument));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            return output.lines().filter(line -> line.startsWith("lived")).toList();
        } finally {
            process.destroyForcibly();
        }
    }

    private static DriveSettings impatient() {
        DriveSettings patient = settings(0);
        return new DriveSettings(patient.log(), patient.index(), patient.space(), IMPATIENT, CompactionSettings.OFF);
    }

    private DriveDirectory healthy() throws IOException {
        return DriveDirectory.create(temporary.resolve("drive"));
    }

    private static DriveStatus.Condition condition(DriveEngine drive) {
        return drive.status().condition();
    }

    private void requireAllAfterReopening(DriveDirectory directory) throws IOException {
        rows.reopened();
        try (DriveEngine drive = directory.open(SegmentChannel.Opener.FILES, settings(0))) {
            rows.requireAll(drive);
            assertInstanceOf(Accepted.class, rows.write(drive, BODY));
        }
    }

    @ParameterizedTest
    @EnumSource(SmallMount.Kind.class)
    void aFullDriveReadsAndDeletesAndWritesAgainWhenThereIsRoom(SmallMount.Kind kind) throws IOException {
        try (SmallMount mount = SmallMount.of(kind, temporary, 128)) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            try (DriveEngine drive = directory.open(disk, settings(32))) {
                rows.write(drive, BODY);
                mount.fill(74);
                assertInstanceOf(NoSpace.class, rows.writeUntilRefused(drive, BODY, 5000));
                assertEquals(DriveStatus.Condition.FULL, condition(drive));
                assertThrows(NoSpaceException.class, () -> drive.create(Samples.data(1L << 50), 0, BODY));
                rows.requireAll(drive);
                assertInstanceOf(Accepted.class, rows.deleteOne(drive));
                mount.empty();
                awaitAccepted(drive);
                assertEquals(DriveStatus.Condition.ONLINE, condition(drive));
            }
            assertEquals(List.of(), directory.faults());
            requireAllAfterReopening(directory);
        }
    }

    /** The gauge looks a few hundred times a second. */
    private void awaitAccepted(DriveEngine drive) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        AcceptReply reply = rows.write(drive, BODY);
        while (!(reply instanceof Accepted) && System.nanoTime() < until) {
            reply = rows.write(drive, BODY);
        }
        assertInstanceOf(Accepted.class, reply);
    }

    @Test
    void aDriveWithoutInodesRefusesFilesAndIsNotFaulty() throws IOException {
        try (SmallMount mount = SmallMount.tmpfs(temporary, "size=64m,nr_inodes=1000")) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            try (DriveEngine drive = directory.open(disk, settings(8))) {
                rows.write(drive, BODY);
                mount.useUpInodes();
                assertThrows(NoSpaceException.class, () -> drive.create(Samples.data(1L << 50), 0, BODY));
                assertInstanceOf(NoSpace.class, rows.write(drive, BODY));
                rows.requireAll(drive);
                assertInstanceOf(Accepted.class, rows.deleteOne(drive));
                mount.giveBackInodes();
                awaitAccepted(drive);
                Samples.write(drive, Samples.data(1L << 51), 0, Samples.bytes(1, BODY));
            }
            assertEquals(List.of(), directory.faults());
            requireAllAfterReopening(directory);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, ALWAYS})
    void theFirstFailedSyncIsTheLast(int times) throws IOException {
        firstFailureIsTheLast(() -> disk.onSync(ScriptedDisk.failing(times)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, ALWAYS})
    void theFirstFailedWriteIsTheLast(int times) throws IOException {
        firstFailureIsTheLast(() -> disk.onWrite(ScriptedDisk.failing(times)));
    }

    private void firstFailureIsTheLast(Runnable failing) throws IOException {
        DriveDirectory directory = healthy();
        DriveEngine drive = directory.open(disk, settings(0));
        rows.write(drive, BODY);
        failing.run();
        assertInstanceOf(Unknown.class, rows.write(drive, BODY));
        assertInstanceOf(Unknown.class, rows.write(drive, BODY));
        assertInstanceOf(Unknown.class, drive.read(Samples.key("row1")));
        assertEquals(DriveStatus.Condition.FAULTY, condition(drive));
        closeQuietly(drive);
        assertEquals(1, directory.faults().size());
        requireAllAfterReopening(directory);
    }

    @Test
    void whatALyingSyncLostIsMissingAndNeverInvented() throws IOException {
        DriveDirectory directory = healthy();
        AcknowledgedRows lost = new AcknowledgedRows();
        DriveEngine drive = directory.open(disk, settings(0));
        for (int i = 0; i < 20; i++) {
            rows.write(drive, BODY);
        }
        disk.onWrite(bytes -> ScriptedDisk.Fate.LIED);
        lost.reopened();
        for (int i = 0; i < 20; i++) {
            assertInstanceOf(Accepted.class, lost.write(drive, BODY));
        }
        // The power goes: the log has nothing of it, and the index, which was not flushed, neither.
        DriveDirectory after = directory.crash(temporary.resolve("after"));
        drive.close();
        requireAllAfterReopening(after);
        // An index that has seen more than the log has is told from one that has not.
        assertThrows(CorruptException.class, () -> directory.open());
    }

    @Test
    void aFileSystemThatTurnedReadOnlyIsAFaultyDrive() throws IOException {
        try (SmallMount mount = SmallMount.ext4(temporary, 64)) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            DriveEngine drive = directory.open(disk, settings(0));
            for (int i = 0; i < 50; i++) {
                rows.write(drive, BODY);
            }
            mount.failFileSystem();
            assertInstanceOf(Unknown.class, rows.writeUntilRefused(drive, BODY, 5));
            assertEquals(DriveStatus.Condition.FAULTY, condition(drive));
            assertEquals(1, directory.faults().size());
            assertThrows(
                    IOException.class, () -> DriveDirectory.at(directory.path()).open());
            closeQuietly(drive);
        }
    }

    private static void closeQuietly(DriveEngine drive) {
        try {
            drive.close();
        } catch (IOException e) {
            assertTrue(e.getMessage() != null, "there is nothing left to close");
        }
    }

    @Test
    void aDriveWhoseFileSystemWasTakenAwayIsFaulty() throws IOException {
        try (SmallMount mount = SmallMount.ext4(temporary, 64)) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            DriveEngine drive = directory.open(disk, settings(0));
            rows.write(drive, BODY);
            drive.verifyIdentity();
            assertEquals(DriveStatus.Condition.ONLINE, condition(drive));
            mount.unmount();
            drive.verifyIdentity();
            assertEquals(DriveStatus.Condition.FAULTY, condition(drive));
            assertInstanceOf(Unknown.class, rows.write(drive, BODY));
            closeQuietly(drive);
        }
    }

    @Test
    void aDriveWhoseDirectoryWasRenamedIsFaulty() throws IOException {
        DriveDirectory directory = healthy();
        Path elsewhere = temporary.resolve("elsewhere");
        DriveEngine drive = directory.open(disk, settings(0));
        rows.write(drive, BODY);
        Files.move(directory.path(), elsewhere);
        drive.verifyIdentity();
        assertEquals(DriveStatus.Condition.FAULTY, condition(drive));
        assertInstanceOf(Unknown.class, rows.write(drive, BODY));
        closeQuietly(drive);
        requireAllAfterReopening(DriveDirectory.at(elsewhere));
    }

    @Test
    void aHungSyncIsReportedAnsweredAtOnceAndOverWhenItReturns() throws Exception {
        DriveDirectory directory = healthy();
        CountDownLatch mayReturn = new CountDownLatch(1);
        try (DriveEngine drive = directory.open(disk, impatient())) {
            rows.write(drive, BODY);
            disk.onSync(bytes -> waited(mayReturn));
            requireHungUntil(drive, mayReturn::countDown);
        }
        assertEquals(List.of(), directory.faults());
        requireAllAfterReopening(directory);
    }

    @Test
    void aFrozenFileSystemIsReportedAnsweredAtOnceAndOverWhenItIsThawed() throws Exception {
        try (SmallMount mount = SmallMount.ext4(temporary, 64)) {
            DriveDirectory directory = DriveDirectory.create(mount.directory().resolve("drive"));
            try (DriveEngine drive = directory.open(disk, impatient())) {
                rows.write(drive, BODY);
                mount.freeze();
                requireHungUntil(drive, mount::unfreeze);
            } finally {
                mount.unfreeze();
            }
            assertEquals(List.of(), directory.faults());
            requireAllAfterReopening(directory);
        }
    }

    private void requireHungUntil(DriveEngine drive, Runnable ending) throws IOException {
        CompletionStage<AcceptReply> pending = rows.begin(drive, BODY);
        await(drive, DriveStatus.Condition.SLOW);
        assertTrue(drive.status().reason().startsWith("slow: "), drive.status()::reason);
        await(drive, DriveStatus.Condition.HUNG);
        assertTrue(drive.status().reason().startsWith("hung: "), drive.status()::reason);
        for (int i = 0; i < 1000; i++) {
            assertTrue(rows.begin(drive, BODY).toCompletableFuture().isDone(), "a hung drive queues");
            assertInstanceOf(Unknown.class, drive.read(Samples.key("row1")));
        }
        for (int i = 0; i < 20; i++) {
            assertInstanceOf(Accepted.class, others.write(other, BODY));
        }
        ending.run();
        assertInstanceOf(Accepted.class, Samples.await(pending));
        await(drive, DriveStatus.Condition.ONLINE);
        awaitAccepted(drive);
        rows.requireAll(drive);
    }

    private static ScriptedDisk.Fate waited(CountDownLatch latch) throws IOException {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "the test has ended");
            return ScriptedDisk.Fate.DONE;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void await(DriveEngine drive, DriveStatus.Condition wanted) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (condition(drive) != wanted) {
            assertTrue(System.nanoTime() < until, () -> "the drive is " + drive.status());
            Thread.onSpinWait();
        }
    }

    @Test
    void aDriveOfOneMegabyteASecondIsSlowAndBoundsWhatWaitsForIt() throws IOException {
        DriveDirectory directory = healthy();
        try (DriveEngine drive = directory.open(disk, impatient())) {
            disk.onWrite(DiskFaultIT::atOneMegabyteASecond);
            List<CompletionStage<AcceptReply>> pending = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                pending.add(rows.begin(drive, BODY));
            }
            await(drive, DriveStatus.Condition.SLOW);
            disk.onWrite(bytes -> ScriptedDisk.Fate.DONE);
            int refused = 0;
            for (CompletionStage<AcceptReply> one : pending) {
                refused += Samples.await(one) instanceof Unknown ? 1 : 0;
            }
            assertTrue(refused >= 800 - 5 * MIB / BODY, refused + " of 800 were refused");
            await(drive, DriveStatus.Condition.ONLINE);
            awaitAccepted(drive);
        }
        assertEquals(List.of(), directory.faults());
        requireAllAfterReopening(directory);
    }

    private static ScriptedDisk.Fate atOneMegabyteASecond(int bytes) throws IOException {
        try {
            TimeUnit.MICROSECONDS.sleep(bytes);
            return ScriptedDisk.Fate.DONE;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2+"})
    void aShardThatCannotBeReadIsAnErrorOfThatShard(String reads) throws Exception {
        assumeTrue(Files.isExecutable(STRACE), "skipped: no strace to make reads fail with");
        DriveDirectory directory = healthy();
        try (DriveEngine drive = directory.open(disk, settings(0))) {
            rows.write(drive, BODY);
            UnreadableShard.write(drive);
        }
        Path shard = UnreadableShard.file(directory);
        List<String> strace = List.of(
                STRACE.toString(),
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-o",
                "/dev/null",
                "-P",
                shard.toString(),
                "-e",
                "trace=pread64",
                "-e",
                "inject=pread64:error=EIO:when=" + reads);
        assertEquals(List.of("lived"), run(strace, UnreadableShard.class, directory.path(), reads));
        requireAllAfterReopening(directory);
    }

    /** Reads a shard whose reads fail from the second on, which is the one after its header's. */
    static final class UnreadableShard {
        private static final DataId ID = Samples.data(1L << 50);
        private static final Bytes SHARD = Samples.bytes(3, 3 * MIB);

        private UnreadableShard() {}

        static void write(DriveEngine drive) throws IOException {
            Samples.write(drive, ID, 0, SHARD);
            State state = Samples.live(Samples.sharded(ID, List.of(0, 1, 2, 3)), 1);
            assertInstanceOf(
                    Accepted.class, Samples.accept(drive, Samples.key("shard"), Samples.ballot(1000), state, null));
        }

        static Path file(DriveDirectory directory) throws IOException {
            try (Stream<Path> files = Files.walk(directory.path().resolve(DriveRecovery.SHARDS))) {
                return files.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
        }

        public static void main(String[] arguments) throws Exception {
            boolean isAlways = arguments[1].endsWith("+");
            try (DriveEngine drive = DriveDirectory.at(Path.of(arguments[0])).open()) {
                try (Drive.ShardReader reader = drive.open(Samples.key("shard"), ID, 0)) {
                    assertThrows(IOException.class, () -> Samples.read(reader, 0, 100_000));
                    if (isAlways) {
                        assertThrows(IOException.class, () -> Samples.read(reader, 0, 100_000));
                    } else {
                        assertEquals(SHARD.slice(0, 100_000), Samples.read(reader, 0, 100_000));
                    }
                }
                assertEquals(DriveStatus.Condition.ONLINE, condition(drive));
                assertInstanceOf(Found.class, drive.read(Samples.key("row1")));
            }
            System.out.println("lived");
            System.exit(0);
        }
    }
}
