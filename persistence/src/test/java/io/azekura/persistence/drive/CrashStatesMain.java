package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.CrashStates;
import io.azekura.persistence.drive.crash.DiskImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Cuts the power at every point of many recorded runs and says what the drives then had. Ends with 1 when a state broke a
 * promise.
 *
 * <pre>
 * --states N      begins no state beyond so many, 20000 unless set
 * --seed N        first seed, 1 unless set; every run has the next one
 * --per-point N   states tried between two calls, 8 unless set
 * --one-in N      of so many points only one is tried, 1 unless set
 * --cuts N        further power cuts and recoveries recorded after each run, 2 unless set
 * --protocol NAME one kind of run only
 * --threads N     as many as there are processors unless set
 * --seconds MAX   begins no state after so long
 * --directory D   where the drives are made, best in memory; /dev/shm or the directory for temporary files unless set
 * </pre>
 */
public final class CrashStatesMain {
    private final Map<String, String> settings;
    private final long begunNanos = System.nanoTime();
    private final AtomicLong run = new AtomicLong();
    private final AtomicLong begun = new AtomicLong();
    private final Map<String, Long> statesOf = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long calls;
    private long openings;
    private long nanos;
    private long nanosMax;

    private CrashStatesMain(Map<String, String> settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> settings = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            settings.put(arguments[i], arguments[i + 1]);
        }
        CrashStatesMain campaign = new CrashStatesMain(settings);
        campaign.playAll();
        System.exit(campaign.failures.isEmpty() ? 0 : 1);
    }

    private long number(String name, long otherwise) {
        String value = settings.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    /** A directory in memory if there is one: a power cut is only played here. */
    static Path memory() throws Exception {
        Path shared = Path.of("/dev/shm");
        return Files.isWritable(shared)
                ? Files.createTempDirectory(shared, "azekura-crash-")
                : Files.createTempDirectory("azekura-crash-");
    }

    private void playAll() throws Exception {
        String directory = settings.get("--directory");
        Path work = directory == null ? memory() : Files.createTempDirectory(Path.of(directory), "azekura-crash-");
        try {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < number("--threads", Runtime.getRuntime().availableProcessors()); i++) {
                Path own = work.resolve(String.valueOf(i));
                Thread thread = new Thread(() -> playSome(own), "campaign-" + i);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            DiskImage.delete(work);
        }
        failures.forEach(System.out::println);
        System.out.println(summary());
    }

    private boolean isOver() {
        return begun.get() >= number("--states", 20_000)
                || System.nanoTime() - begunNanos > number("--seconds", 1_000_000) * 1_000_000_000L;
    }

    private List<CrashProtocol> protocols() {
        String name = settings.get("--protocol");
        return CrashProtocol.ALL.stream()
                .filter(protocol -> name == null || protocol.name().equals(name))
                .toList();
    }

    private void playSome(Path work) {
        CrashStates.Sampling sampling =
                new CrashStates.Sampling((int) number("--per-point", 8), (int) number("--one-in", 1));
        while (!isOver()) {
            long number = run.getAndIncrement();
            List<CrashProtocol> protocols = protocols();
            CrashProtocol protocol = protocols.get((int) (number % protocols.size()));
            long seed = number("--seed", 1) + number;
            try {
                CrashRun.Result result = new CrashRun(protocol, seed, work, UnaryOperator.identity())
                        .play((int) number("--cuts", 2), sampling, this::isOverAfterOne);
                add(protocol, result);
            } catch (Throwable e) {
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                synchronized (this) {
                    failures.add(protocol.name() + ", seed " + seed + ": " + trace);
                }
            }
        }
    }

    private boolean isOverAfterOne() {
        boolean isOver = isOver();
        begun.incrementAndGet();
        return isOver;
    }

    private synchronized void add(CrashProtocol protocol, CrashRun.Result result) {
        statesOf.merge(protocol.name(), result.states, Long::sum);
        failures.addAll(result.failures);
        calls += result.calls;
        openings += result.openings;
        nanos += result.nanos;
        nanosMax = Math.max(nanosMax, result.nanosMax);
    }

    private String summary() {
        long states = statesOf.values().stream().mapToLong(Long::longValue).sum();
        return String.format(
                Locale.ROOT,
                "%d states of %d runs with %d calls and marks; %d failures; opening took %.1f ms on average, %.0f ms"
                        + " at most; %d s%n%s",
                states,
                run.get(),
                calls,
                failures.size(),
                nanos / 1e6 / Math.max(1, openings),
                nanosMax / 1e6,
                (System.nanoTime() - begunNanos) / 1_000_000_000L,
                statesOf);
    }
}
