package io.azekura.persistence.drive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ext4 file system of its own in a file, mounted through a loop device, whose power can be cut: the file system stops at
 * once, and what it had not written to its device is lost.
 */
final class Ext4Volume implements AutoCloseable {
    private static final long BYTES = 384L << 20;
    private static final int UNMOUNT_TRIES = 100;
    private static final long UNMOUNT_PAUSE_MILLIS = 50;

    /** EXT4_IOC_SHUTDOWN without writing the journal out first; the file system stays open until then. */
    private static final String CUT = """
            import fcntl, os, struct, sys
            volume = os.open(sys.argv[1], os.O_RDONLY)
            print('armed', flush=True)
            sys.stdin.readline()
            fcntl.ioctl(volume, 0x8004587d, struct.pack('I', 2))
            """;

    private final Path root;
    private final String device;
    private boolean isMounted;

    /** Makes the volume below an existing directory and mounts it. */
    Ext4Volume(Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("volume");
        try (RandomAccessFile volume = new RandomAccessFile(file.toFile(), "rw")) {
            volume.setLength(BYTES);
        }
        root = Files.createDirectories(directory.resolve("mounted"));
        device = Commands.run("losetup", "-f", "--show", file.toString());
        try {
            Commands.run("mkfs.ext4", "-q", "-F", device);
            mount();
        } catch (IOException | InterruptedException e) {
            Commands.run("losetup", "-d", device);
            throw e;
        }
    }

    /** Why no such volume can be made here, or null if one can. */
    static @Nullable String obstacle() {
        Map<String, String> needed = Map.of(
                "losetup", "no loop devices", "mkfs.ext4", "no ext4", "mount", "no mount", "python3", "no python3");
        for (Map.Entry<String, String> program : needed.entrySet()) {
            if (!Commands.exists(program.getKey()) && !isPython(program.getKey())) {
                return program.getValue();
            }
        }
        return "root".equals(System.getProperty("user.name")) ? null : "mounting needs root";
    }

    /** Python is often installed elsewhere. */
    private static boolean isPython(String program) {
        if (!program.equals("python3")) {
            return false;
        }
        try {
            Commands.run("python3", "-c", "");
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Path root() {
        return root;
    }

    /** A process that cuts the power as soon as it is told to. */
    final class Switch implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        Switch() throws IOException {
            process = new ProcessBuilder("python3", "-c", CUT, root.toString())
                    .redirectErrorStream(true)
                    .start();
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            if (!"armed".equals(line)) {
                throw new IOException("cannot cut the power: " + line);
            }
        }

        void cut() throws IOException, InterruptedException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            String line = output.readLine();
            if (process.waitFor() != 0) {
                throw new IOException("the power was not cut: " + line);
            }
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            output.close();
        }
    }

    /** Mounts the volume again after a power cut, when no process has it open any more. */
    void restart() throws IOException, InterruptedException {
        unmount();
        mount();
    }

    private void mount() throws IOException, InterruptedException {
        Commands.run("mount", "-t", "ext4", device, root.toString());
        isMounted = true;
    }

    /** A process that was killed may still be on its way out. */
    private void unmount() throws IOException, InterruptedException {
        for (int tries = 1; isMounted; tries++) {
            try {
                Commands.run("umount", root.toString());
                isMounted = false;
            } catch (IOException busy) {
                if (tries == UNMOUNT_TRIES) {
                    throw busy;
                }
                Thread.sleep(UNMOUNT_PAUSE_MILLIS);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            detach();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + device + " was being detached");
        }
    }

    private void detach() throws IOException, InterruptedException {
        try {
            unmount();
        } finally {
            if (isMounted) {
                Commands.run("umount", "-l", root.toString());
            }
            Commands.run("losetup", "-d", device);
        }
    }
}
