package io.azekura.persistence.bench;

import com.sun.management.ThreadMXBean;
import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What one drive costs as its objects become more: drives of 1,000, 10,000, … objects in one process, measured in turn so
 * that what else the machine does falls on all of them. CPU time is that of the whole process, collections and what an
 * index does afterwards included.
 *
 * <pre>
 * --objects N       of the largest drive, 100,000 unless set
 * --directory DIR   where the drives are made and removed, a new temporary directory unless set
 * --rounds N        how often each is measured, 5 unless set; the first round is for warming and not reported
 * --openings N      how often it is opened after a clean stop, and after SIGKILL, 3 unless set
 * --shard-bytes N   objects are inline shards of that size instead of whole bodies of 4 KiB
 * </pre>
 */
public final class DriveScaleBenchmark {
    private static final int SMALLEST = 1000;
    private static final int STEP = 10;
    private static final int PUTS = 20_000;
    private static final int READS = 100_000;
    private static final int PAGES = 200;
    private static final int KILLED_AFTER_PUTS = 25_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Settings settings;
    private final Random random = new Random(1);
    private final List<Scale> scales = new ArrayList<>();

    private record Settings(int objects, Path directory, int rounds, int openings, int shardBytes) {}

    private enum Kind {
        PUT,
        GET,
        HEAD
    }

    /** One drive and what was measured of it. */
    private static final class Scale {
        private final int objects;
        private final Path directory;
        private final DriveClient client;
        private final Map<Kind, List<Double>> cpuMicros = new EnumMap<>(Kind.class);
        private final List<Long> pageNanos = new ArrayList<>();
        private final List<Long> pageCpuNanos = new ArrayList<>();
        private ProcessCost load = new ProcessCost(0, 0, 0);
        private long loadNanos;

        Scale(int objects, Path directory, int shardBytes) throws IOException {
            this.objects = objects;
            this.directory = directory;
            Files.createDirectories(directory);
            DriveClient.create(directory);
            this.client = DriveClient.open(directory, shardBytes);
        }
    }

    private DriveScaleBenchmark(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Settings settings = parse(arguments);
        Path directory = Files.createTempDirectory(settings.directory(), "bench-drive");
        try {
            new DriveScaleBenchmark(settings).run(directory);
        } finally {
            delete(directory);
        }
    }

    private static Settings parse(String[] arguments) {
        Settings parsed = new Settings(100_000, Path.of(System.getProperty("java.io.tmpdir")), 5, 3, 0);
        for (int at = 0; at < arguments.length; at += 2) {
            if (at + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[at] + " says nothing");
            }
            parsed = with(parsed, arguments[at], arguments[at + 1]);
        }
        return parsed;
    }

    private static Settings with(Settings old, String name, String value) {
        int objects = name.equals("--objects") ? Integer.parseInt(value) : old.objects();
        int rounds = name.equals("--rounds") ? Integer.parseInt(value) : old.rounds();
        int openings = name.equals("--openings") ? Integer.parseInt(value) : old.openings();
        int shardBytes = name.equals("--shard-bytes") ? Integer.parseInt(value) : old.shardBytes();
        return switch (name) {
            case "--objects", "--rounds", "--openings", "--shard-bytes" ->
                new Settings(objects, old.directory(), rounds, openings, shardBytes);
            case "--directory" -> new Settings(objects, Path.of(value), rounds, openings, shardBytes);
            default -> throw new IllegalArgumentException("no option " + name);
        };
    }

    private void run(Path root) throws IOException, InterruptedException {
        for (int objects = SMALLEST; objects <= settings.objects(); objects *= STEP) {
            scales.add(new Scale(objects, root.resolve(Integer.toString(objects)), settings.shardBytes()));
        }
        Scale largest = scales.get(scales.size() - 1);
        try {
            for (Scale scale : scales) {
                load(scale);
            }
            printSpace(largest);
            for (int round = 0; round < settings.rounds(); round++) {
                for (Scale scale : scales) {
                    measure(scale, round == 0);
                }
            }
        } finally {
            for (Scale scale : scales) {
                scale.client.close();
            }
        }
        scales.forEach(DriveScaleBenchmark::printCosts);
        for (Scale scale : scales) {
            measureOpenings(scale);
        }
    }

    private static void load(Scale scale) throws IOException, InterruptedException {
        int chunk = Math.max(SMALLEST, scale.objects / STEP);
        for (int from = 0; from < scale.objects; from += chunk) {
            int base = from;
            ProcessCost start = ProcessCost.now();
            scale.client.put(chunk, at -> base + at);
            scale.loadNanos += System.nanoTime() - start.clockNanos();
            ProcessCost cost = ProcessCost.atRest().since(start);
            scale.load = scale.load.plus(cost);
            print("load %,9d to %,9d: %5.1f us CPU per PUT", base, base + chunk, micros(cost.cpuNanos(), chunk));
        }
    }

    private void measure(Scale scale, boolean isWarming) throws IOException, InterruptedException {
        int first = random.nextInt(scale.objects);
        ProcessCost start = ProcessCost.atRest();
        scale.client.put(PUTS, at -> DriveClient.spread(first, at, scale.objects));
        add(scale, Kind.PUT, start, PUTS, isWarming);

        start = ProcessCost.atRest();
        for (int i = 0; i < READS; i++) {
            scale.client.get(random.nextInt(scale.objects));
        }
        add(scale, Kind.GET, start, READS, isWarming);

        start = ProcessCost.atRest();
        for (int i = 0; i < READS; i++) {
            scale.client.head(random.nextInt(scale.objects));
        }
        add(scale, Kind.HEAD, start, READS, isWarming);
        pages(scale, isWarming);
    }

    private static void add(Scale scale, Kind kind, ProcessCost start, int operations, boolean isWarming)
            throws IOException, InterruptedException {
        double micros = micros(ProcessCost.atRest().since(start).cpuNanos(), operations);
        if (!isWarming) {
            scale.cpuMicros.computeIfAbsent(kind, unused -> new ArrayList<>()).add(micros);
        }
    }

    private void pages(Scale scale, boolean isWarming) throws IOException {
        for (int i = 0; i < PAGES; i++) {
            Bytes from = scale.objects == SMALLEST
                    ? Bytes.EMPTY
                    : DriveClient.key(random.nextInt(scale.objects)).key();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long clock = System.nanoTime();
            int rows = scale.client.page(from);
            clock = System.nanoTime() - clock;
            cpu = THREADS.getCurrentThreadCpuTime() - cpu;
            if (rows == DriveClient.PAGE_ROWS && !isWarming) {
                scale.pageNanos.add(clock);
                scale.pageCpuNanos.add(cpu);
            }
        }
    }

    private void printSpace(Scale scale) throws IOException {
        double user = (double) scale.client.userBytesPerObject() * scale.objects;
        double log = bytes(scale.directory.resolve("log"));
        double index = bytes(scale.directory.resolve("index"));
        print(
                "space of %,d objects: log %.3f, index %.3f of the user's bytes; %.0f and %.0f bytes an object",
                scale.objects, log / user, index / user, log / scale.objects, index / scale.objects);
        print(
                "written while loading: %.2f bytes for each of the user's; %,.0f PUT/s",
                scale.load.writtenBytes() / user,
                scale.objects / (scale.loadNanos / (double) TimeUnit.SECONDS.toNanos(1)));
    }

    private static void printCosts(Scale scale) {
        print(
                "%,9d objects: CPU us per PUT %s, GET %s, HEAD %s; page of %d rows p50 %.2f ms, p99 %.2f ms, CPU p50 %.2f ms",
                scale.objects,
                costs(scale, Kind.PUT),
                costs(scale, Kind.GET),
                costs(scale, Kind.HEAD),
                DriveClient.PAGE_ROWS,
                percentileMillis(scale.pageNanos, 50),
                percentileMillis(scale.pageNanos, 99),
                percentileMillis(scale.pageCpuNanos, 50));
    }

    /** The median, and the least and the most in brackets. */
    private static String costs(Scale scale, Kind kind) {
        double[] sorted = scale.cpuMicros.getOrDefault(kind, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted.length == 0
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.1f [%.1f..%.1f]",
                        sorted[sorted.length / 2],
                        sorted[0],
                        sorted[sorted.length - 1]);
    }

    private void measureOpenings(Scale scale) throws IOException, InterruptedException {
        if (scale.objects == SMALLEST) {
            return;
        }
        List<String> clean = new ArrayList<>();
        List<String> killed = new ArrayList<>();
        boolean isCold = true;
        for (int i = 0; i < settings.openings(); i++) {
            isCold &= DriveOpening.dropCaches();
            clean.add(opening(scale));
            int writes = KILLED_AFTER_PUTS + random.nextInt(KILLED_AFTER_PUTS);
            DriveOpening.killWriter(scale.directory, scale.objects, settings.shardBytes(), writes);
            isCold &= DriveOpening.dropCaches();
            killed.add(opening(scale));
        }
        print(
                "%,9d objects: opened after a clean stop in ms (of CPU) %s, after SIGKILL %s, page cache %s",
                scale.objects, String.join(", ", clean), String.join(", ", killed), isCold ? "dropped" : "warm");
    }

    private String opening(Scale scale) throws IOException, InterruptedException {
        ProcessCost cost = DriveOpening.measure(scale.directory, random.nextInt(scale.objects), settings.shardBytes());
        long millis = TimeUnit.NANOSECONDS.toMillis(cost.clockNanos());
        return millis + " (" + TimeUnit.NANOSECONDS.toMillis(cost.cpuNanos()) + ")";
    }

    private static double micros(long nanos, int operations) {
        return nanos / 1e3 / operations;
    }

    private static double percentileMillis(List<Long> nanos, int percent) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) * percent / 100] / 1e6;
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void print(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
