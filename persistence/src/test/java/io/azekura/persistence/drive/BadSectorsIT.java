package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.accept;
import static io.azekura.persistence.drive.Samples.ballot;
import static io.azekura.persistence.drive.Samples.key;
import static io.azekura.persistence.drive.Samples.tombstone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Found;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An index whose sectors cannot be read any more kills the process that has it mapped, once: the next start sets it aside
 * and serves. The index lies on a file system of its own, of 64 MiB, whose image loses its end.
 */
class BadSectorsIT {
    private static final int KEYS = 20_000;
    private static final int IMAGE_MIB = 64;

    @TempDir
    Path temporary;

    private Path mount = Path.of("");
    private boolean isMounted;

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    private void mountImage(Path image) throws Exception {
        mount = Files.createDirectory(temporary.resolve("mount"));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) IMAGE_MIB << 20);
        }
        boolean isMade;
        try {
            isMade = run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString()) == 0
                    && run("mount", "-o", "loop", image.toString(), mount.toString()) == 0;
        } catch (IOException noSuchCommand) {
            isMade = false;
        }
        Assumptions.assumeTrue(isMade, "skipped: mounting an image needs root and loop devices");
        isMounted = true;
    }

    @AfterEach
    void unmount() throws Exception {
        if (isMounted && run("umount", mount.toString()) != 0) {
            run("umount", "-l", mount.toString());
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void theNextStartSetsTheIndexAsideAndServes() throws Exception {
        Path image = temporary.resolve("image");
        mountImage(image);
        Path drive = temporary.resolve("drive");
        DriveDirectory directory = DriveDirectory.create(drive);
        Path index = Files.createDirectory(mount.resolve("index"));
        Files.createSymbolicLink(drive.resolve(DriveRecovery.INDEX), index);
        try (DriveEngine engine = directory.open()) {
            for (int i = 0; i < KEYS; i++) {
                engine.accept(new Accept(key("k" + i), ballot(1 + i), tombstone(1 + i), 0, null));
            }
            accept(engine, key("last"), ballot(1 + KEYS), tombstone(1), null);
        }
        assertEquals(0, run("sync"));
        // Tables lie behind the first megabytes; the metadata that is needed to find them is cached or in front.
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(6L << 20);
        }
        assertEquals(0, run("sh", "-c", "echo 1 > /proc/sys/vm/drop_caches"));
        assertNotEquals(0, startAndReadAll(drive), "the process lived: the damage was not met");
        assertTrue(Files.exists(drive.resolve(IndexGuard.OPEN)));
        assertEquals(0, startAndReadAll(drive), "the second start did not serve");
        assertTrue(Files.exists(drive.resolve("index.damaged")));
        assertTrue(!Files.isSymbolicLink(drive.resolve(DriveRecovery.INDEX)));
    }

    private int startAndReadAll(Path drive) throws Exception {
        return run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + temporary.resolve("error.log"),
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                drive.toString());
    }

    /** Opens the drive and reads every key. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) throws IOException {
            try (DriveEngine drive = DriveDirectory.at(Path.of(arguments[0])).open()) {
                for (int i = 0; i < KEYS; i++) {
                    assertInstanceOf(Found.class, drive.read(key("k" + i)));
                }
            }
        }
    }
}
