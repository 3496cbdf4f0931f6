package io.azekura.load;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts and gets objects of one size over a number of connections and reports operations a second, latency percentiles
 * and the CPU time that the server process spent per operation and per GiB. Credentials come from
 * {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}.
 *
 * <p>Usage: {@code --endpoint http://127.0.0.1:9000 --pid 123 --op put|get|head|delete --size 4096 --connections 16
 * --seconds 10 [--warmup 5] [--keys 1000] [--bucket load] [--label text]}. A get, head or delete run first puts its keys.
 */
public final class LoadRun {
    private static final double TICKS_A_SECOND = 100.0;

    private final URI endpoint;
    private final String host;
    private final String operation;
    private final String bucket;
    private final byte[] body;
    private final int connections;
    private final int keys;
    private final Map<String, String> options;

    private LoadRun(Map<String, String> options) {
        this.options = options;
        this.endpoint = URI.create(option("endpoint", "http://127.0.0.1:9000"));
        this.host = endpoint.getHost() + ":" + endpoint.getPort();
        this.operation = option("op", "put");
        this.bucket = option("bucket", "load");
        this.body = new byte[Integer.parseInt(option("size", "4096"))];
        new Random(1).nextBytes(body);
        this.connections = Integer.parseInt(option("connections", "16"));
        this.keys = Integer.parseInt(option("keys", "1000"));
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i].substring(2), arguments[i + 1]);
        }
        new LoadRun(options).run();
    }

    private String option(String name, String fallback) {
        return options.getOrDefault(name, fallback);
    }

    private void run() throws Exception {
        LoadSigner signer = signer();
        try (LoadConnection connection = new LoadConnection(endpoint)) {
            connection.exchange(signer.head("PUT", "/" + bucket, "", 0), new byte[0], true);
        }
        if (!operation.equals("put")) {
            int share = (keys + connections - 1) / connections;
            onAll((index, connection, mine) -> {
                for (int i = index * share; i < Math.min(keys, (index + 1) * share); i++) {
                    check(connection.exchange(mine.head("PUT", path(i), "", body.length), body, true));
                }
                return new long[0];
            });
        }
        double warmup = Double.parseDouble(option("warmup", "5"));
        measure(warmup);
        double cpuBefore = serverCpuSeconds();
        long begun = System.nanoTime();
        long[] latencies = measure(Double.parseDouble(option("seconds", "10")));
        double seconds = (System.nanoTime() - begun) / 1e9;
        report(latencies, seconds, serverCpuSeconds() - cpuBefore);
    }

    private LoadSigner signer() {
        return new LoadSigner(environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"), host);
    }

    private static String environment(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }

    private String path(long number) {
        return "/" + bucket + "/object-" + number;
    }

    /** Runs the operation on all connections for that long; the latency of each in nanoseconds. */
    private long[] measure(double seconds) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        return onAll((index, connection, signer) -> {
            Random random = new Random(index);
            long[] latencies = new long[1024];
            int count = 0;
            while (System.nanoTime() < end) {
                long begun = System.nanoTime();
                perform(connection, signer, random);
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = System.nanoTime() - begun;
            }
            return Arrays.copyOf(latencies, count);
        });
    }

    private void perform(LoadConnection connection, LoadSigner signer, Random random) throws IOException {
        String path = path(random.nextInt(keys));
        if (operation.equals("put")) {
            check(connection.exchange(signer.head("PUT", path, "", body.length), body, true));
        } else {
            String method = operation.toUpperCase(Locale.ROOT);
            check(connection.exchange(signer.head(method, path, "", 0), new byte[0], !method.equals("HEAD")));
        }
    }

    private static void check(int status) throws IOException {
        if (status / 100 != 2) {
            throw new IOException("status " + status);
        }
    }

    private interface Work {
        long[] run(int index, LoadConnection connection, LoadSigner signer) throws IOException;
    }

    private long[] onAll(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<long[]>> futures = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int index = i;
                futures.add(threads.submit(() -> {
                    try (LoadConnection connection = new LoadConnection(endpoint)) {
                        return work.run(index, connection, signer());
                    }
                }));
            }
            return join(futures);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long[] join(List<Future<long[]>> futures) throws InterruptedException, ExecutionException {
        List<long[]> parts = new ArrayList<>();
        int total = 0;
        for (Future<long[]> future : futures) {
            parts.add(future.get());
            total += parts.get(parts.size() - 1).length;
        }
        long[] all = new long[total];
        int at = 0;
        for (long[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        Arrays.sort(all);
        return all;
    }

    /** User and system time of the server process in seconds, or 0 without {@code --pid}. */
    private double serverCpuSeconds() throws IOException {
        String pid = option("pid", "");
        if (pid.isEmpty()) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    private void report(long[] latencies, double seconds, double cpu) {
        PrintStream out = System.out;
        double operations = latencies.length;
        out.printf(
                Locale.ROOT,
                "%s %s %d B, %d connections: %.0f op/s, %.1f MB/s; p50 %.2f p99 %.2f max %.2f ms; server CPU %.1f us/op,"
                        + " %.2f s/GiB%n",
                option("label", ""),
                operation,
                body.length,
                connections,
                operations / seconds,
                operations * body.length / seconds / 1e6,
                percentile(latencies, 0.50),
                percentile(latencies, 0.99),
                percentile(latencies, 1.0),
                cpu / operations * 1e6,
                body.length == 0 ? 0 : cpu / (operations * body.length / (1L << 30)));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
    }
}
