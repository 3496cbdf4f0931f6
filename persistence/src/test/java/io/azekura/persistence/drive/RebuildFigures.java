package io.azekura.persistence.drive;

import com.sun.management.OperatingSystemMXBean;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * How long a drive with many objects takes to open, to verify its index, and to rebuild it from the log. Arguments: a
 * directory that does not exist yet, and the number of objects; each is a row with a body of 64 bytes, then settled. The
 * directory takes about 1 KiB an object for the log and twice 0.4 KiB for indexes, and is removed in the end.
 */
public final class RebuildFigures {
    private static final int MIB = 1 << 20;
    private static final int IN_FLIGHT = 2000;
    private static final int BODY_BYTES = 64;
    private static final DriveSettings SETTINGS =
            new DriveSettings(new LogSettings(64L * MIB, 4 * MIB, 4, 25, true), IndexSettings.DEFAULT, 1L << 30);

    private final Path directory;
    private final int objects;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);

    private RebuildFigures(Path directory, int objects) {
        this.directory = directory;
        this.objects = objects;
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Files.createDirectory(directory);
        try {
            new RebuildFigures(directory, Integer.parseInt(arguments[1])).run();
        } finally {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void timed(String what, Step step) throws IOException {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        step.run();
        double cpuSeconds = (cpuNanos() - cpu) / 1e9;
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
                Locale.ROOT,
                "%-40s %8.2f s, %8.2f s of CPU, %10.0f objects/s of CPU%n",
                what,
                seconds,
                cpuSeconds,
                objects / cpuSeconds);
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private void run() throws IOException {
        DriveEngine.create(directory, DriveDirectory.ID, SETTINGS);
        timed("write", () -> {
            try (DriveEngine drive = open()) {
                fill(drive);
            }
        });
        timed("open after an orderly stop, and close", () -> open().close());
        try (DriveEngine drive = open()) {
            timed("scrub at the full rate", drive::scrub);
        }
        for (int round = 0; round < 2; round++) {
            new IndexGuard(directory).doubt("figures");
            timed("open with a rebuild, first answer, close", () -> {
                try (DriveEngine drive = open()) {
                    if (!(drive.read(key(objects / 2)) instanceof Found)) {
                        throw new IOException("an object was lost");
                    }
                }
            });
        }
    }

    private DriveEngine open() throws IOException {
        return DriveEngine.open(directory, DriveDirectory.ID, SETTINGS, new AlignedBufferPool(MIB), fault -> {});
    }

    private static RegisterKey key(int number) {
        // In no order, as names of many kinds come: the multiplier is that of Fibonacci hashing.
        return Samples.key("photos/2026/" + number * 0x9E3779B9 + ".jpg");
    }

    private void fill(DriveEngine drive) throws IOException {
        Queue<CompletableFuture<AcceptReply>> waiting = new ArrayDeque<>();
        for (int i = 0; i < objects; i++) {
            Bytes body = Samples.bytes(i, BODY_BYTES);
            Ballot ballot = new Ballot(1L + i, 1);
            Accept accept = new Accept(key(i), ballot, Samples.live(Samples.whole(Samples.data(i), body), i), 0, body);
            int number = i;
            waiting.add(drive.accept(accept).toCompletableFuture().thenApply(reply -> {
                drive.settle(key(number), ballot);
                return reply;
            }));
            if (waiting.size() > IN_FLIGHT) {
                requireAccepted(waiting.remove());
            }
        }
        while (!waiting.isEmpty()) {
            requireAccepted(waiting.remove());
        }
    }

    private static void requireAccepted(CompletableFuture<AcceptReply> reply) throws IOException {
        AcceptReply answer = Samples.await(reply);
        if (!(answer instanceof Accepted)) {
            throw new IOException("not accepted: " + answer);
        }
    }
}
