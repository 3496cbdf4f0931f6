package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.DiskImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Kills a process that writes to a drive as one of its threads enters the n-th system call of one kind. */
final class SystemCallKills {
    private static final List<String> CALLS = List.of(
            "openat",
            "pwrite64",
            "fdatasync",
            "fsync",
            "rename",
            "unlink",
            "ftruncate",
            "write",
            "mmap",
            "munmap",
            "close",
            "pread64",
            "mkdir");
    private static final List<Integer> NUMBERS = List.of(1, 2, 3, 5, 8, 21, 55);

    /** A call that has not come after so many acknowledgements is not waited for any longer. */
    private static final int ACKNOWLEDGEMENTS_MAX = 1500;

    private static final long BYTES_MAX = 256L << 20;

    private final Path directory;
    private final RunningWriter.Acknowledged acknowledged = new RunningWriter.Acknowledged();
    private DriveDirectory drive;
    private int drives;
    private long round;
    private long nanosMax;

    /** One chosen place. */
    record Place(String call, int number) {}

    SystemCallKills(Path directory) throws IOException {
        this.directory = directory;
        this.drive = DriveDirectory.create(directory.resolve("drive0"));
    }

    /** Kills at every place of the list above. */
    public static void main(String[] arguments) throws Exception {
        String obstacle = obstacle();
        if (obstacle != null) {
            System.out.println("skipped: " + obstacle);
            return;
        }
        Path directory = Files.createTempDirectory("azekura-kill-");
        try {
            System.out.println(new SystemCallKills(directory).play(places()));
        } finally {
            DiskImage.delete(directory);
        }
    }

    static List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (String call : CALLS) {
            NUMBERS.forEach(number -> places.add(new Place(call, number)));
        }
        return places;
    }

    /** Why no process can be killed like this here, or null if it can. */
    static @Nullable String obstacle() {
        try {
            Commands.run("strace", "-f", "-o", "/dev/null", "-e", "trace=rename", "true");
            return null;
        } catch (IOException e) {
            return "no strace, or it may not trace (" + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Plays and says what was seen; throws at the first loss. */
    String play(List<Place> places) throws Exception {
        long begun = System.nanoTime();
        Map<String, Integer> reached = new TreeMap<>();
        for (Place place : places) {
            if (kill(place)) {
                reached.merge(place.call(), 1, Integer::sum);
            }
            check();
        }
        return String.format(
                Locale.ROOT,
                "%d of %d places reached: %s; %d acknowledged writes, none lost; opening took %.0f ms at most; %d s",
                reached.values().stream().mapToInt(Integer::intValue).sum(),
                places.size(),
                reached,
                acknowledged.total(),
                nanosMax / 1e6,
                (System.nanoTime() - begun) / 1_000_000_000L);
    }

    /** Whether the place was reached. */
    private boolean kill(Place place) throws Exception {
        try (RunningWriter writer = new RunningWriter(drive.path(), ++round, acknowledged)) {
            String inject = String.format(Locale.ROOT, "%s:signal=SIGKILL:when=%d", place.call(), place.number());
            Process tracer = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-o",
                            "/dev/null",
                            "-e",
                            "trace=" + place.call(),
                            "-e",
                            "inject=" + inject,
                            "-p",
                            String.valueOf(writer.pid()))
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(tracer.getInputStream(), StandardCharsets.UTF_8))) {
                String line = output.readLine();
                if (line == null || !line.contains("attached")) {
                    throw new IOException("strace: " + line);
                }
                Thread reading = new Thread(() -> output.lines().forEach(ignored -> {}), "strace-output");
                reading.setDaemon(true);
                reading.start();
                writer.begin();
                boolean isReached = !writer.listen(ACKNOWLEDGEMENTS_MAX);
                writer.kill();
                tracer.waitFor(10, TimeUnit.SECONDS);
                return isReached;
            } finally {
                tracer.destroyForcibly();
            }
        }
    }

    private void check() throws IOException {
        long begun = System.nanoTime();
        try (DriveEngine opened = drive.open()) {
            nanosMax = Math.max(nanosMax, System.nanoTime() - begun);
            acknowledged.requireAllIn(opened);
            if (opened.status().logBytes() < BYTES_MAX) {
                return;
            }
        }
        DiskImage.delete(drive.path());
        acknowledged.forget();
        drive = DriveDirectory.create(directory.resolve("drive" + ++drives));
    }
}
