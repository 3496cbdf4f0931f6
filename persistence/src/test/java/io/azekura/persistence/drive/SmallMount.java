package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of a given size for one test, which may fill it to the last byte. Needs root. */
public final class SmallMount implements AutoCloseable {
    private static final long WAIT_SECONDS = 30;

    private final Path directory;
    private final Path filler;

    public enum Kind {
        EXT4,
        TMPFS
    }

    private SmallMount(Path directory) {
        this.directory = directory;
        this.filler = directory.resolve("filler");
    }

    /** Mounts one below the temporary directory, or skips the test and says why. */
    public static SmallMount of(Kind kind, Path temporary, int megabytes) throws IOException {
        return kind == Kind.EXT4 ? ext4(temporary, megabytes) : tmpfs(temporary, "size=" + megabytes + "m");
    }

    /** One that another process has mounted, and unmounts. */
    static SmallMount at(Path directory) {
        return new SmallMount(directory);
    }

    public static SmallMount ext4(Path temporary, int megabytes) throws IOException {
        requireRoot();
        Path image = temporary.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        run(true, "mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        return mounted(temporary, "mount", "-o", "loop,errors=remount-ro", image.toString());
    }

    public static SmallMount tmpfs(Path temporary, String options) throws IOException {
        requireRoot();
        return mounted(temporary, "mount", "-t", "tmpfs", "-o", options, "azekura-test");
    }

    private static SmallMount mounted(Path temporary, String... command) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("mount"));
        List<String> words = new ArrayList<>(List.of(command));
        words.add(directory.toString());
        run(true, words.toArray(String[]::new));
        return new SmallMount(directory);
    }

    private static void requireRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: only root may mount a file system of its own");
    }

    public Path directory() {
        return directory;
    }

    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /** Fills the file system to the last byte, as another process would. */
    public Process fill() throws IOException {
        String command = "dd if=/dev/zero of='" + filler + "' bs=256k; dd if=/dev/zero of='" + filler + "2' bs=512";
        return new ProcessBuilder("sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Takes so much away. */
    public void fill(long megabytes) throws IOException {
        run(true, "dd", "if=/dev/zero", "of=" + filler, "bs=1M", "count=" + megabytes);
    }

    /** Gives back what was taken away. */
    public void empty() throws IOException {
        Files.deleteIfExists(filler);
        Files.deleteIfExists(filler.resolveSibling("filler2"));
    }

    /** Makes files until there is no inode left. */
    void useUpInodes() throws IOException {
        Path many = Files.createDirectory(directory.resolve("many"));
        int number = 0;
        try {
            while (true) {
                Files.createFile(many.resolve(String.valueOf(number)));
                number++;
            }
        } catch (IOException full) {
            // As was wanted.
        }
    }

    void giveBackInodes() throws IOException {
        run(true, "rm", "-r", directory.resolve("many").toString());
    }

    void freeze() {
        run(true, "fsfreeze", "-f", directory.toString());
    }

    void unfreeze() {
        run(false, "fsfreeze", "-u", directory.toString());
    }

    /** Has ext4 find an error in itself, on which it turns read-only at once. */
    void failFileSystem() throws IOException {
        String device = Files.getFileStore(directory).name();
        Path trigger = Path.of("/sys/fs/ext4", device.substring(device.lastIndexOf('/') + 1), "trigger_fs_error");
        assumeTrue(Files.exists(trigger), "skipped: this kernel cannot be asked for an error of ext4");
        Files.writeString(trigger, "test");
    }

    /** Takes the file system away from under those who have it open. */
    void unmount() {
        run(false, "umount", "-l", directory.toString());
    }

    @Override
    public void close() {
        unfreeze();
        unmount();
    }

    private static void run(boolean mustWork, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            byte[] output = process.getInputStream().readAllBytes();
            boolean ended = process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS);
            if (mustWork && (!ended || process.exitValue() != 0)) {
                String said = new String(output, StandardCharsets.UTF_8);
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
