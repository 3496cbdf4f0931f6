package io.azekura.persistence.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Plays many seeds on several threads, each seed on one of them alone, and says what they showed. Ends with 1 when a seed
 * failed.
 *
 * <pre>
 * --seeds FROM..TO   which, 1..1000 unless set
 * --threads N        as many as there are processors unless set
 * --seconds MAX      begins no seed after so long
 * --shrink           makes the first failures as short as they go on failing
 * </pre>
 */
public final class CampaignMain {
    private static final int SHRUNK_MAX = 3;
    private static final int SHRINK_RUNS_MAX = 600;
    private static final int SEEDS_BETWEEN_WORDS = 5000;

    private final Settings settings;
    private final long begunNanos = System.nanoTime();
    private final AtomicLong next;
    private final TreeMap<Long, String> failures = new TreeMap<>();
    private long seeds;
    private long acknowledged;
    private long untold;
    private long events;
    private long micros;
    private long traceHash;

    private record Settings(long from, long to, int threads, long secondsMax, boolean shrinking) {}

    private CampaignMain(Settings settings) {
        this.settings = settings;
        this.next = new AtomicLong(settings.from());
    }

    public static void main(String[] arguments) throws InterruptedException {
        CampaignMain campaign = new CampaignMain(parse(arguments));
        campaign.playAll();
        if (campaign.settings.shrinking()) {
            campaign.failures.keySet().stream()
                    .limit(SHRUNK_MAX)
                    .forEach(seed -> ShrinkMain.print(seed, SHRINK_RUNS_MAX));
        }
        System.exit(campaign.failures.isEmpty() ? 0 : 1);
    }

    private static Settings parse(String[] arguments) {
        Settings settings = new Settings(
                1, 1000, Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE / 2_000_000_000, false);
        int at = 0;
        while (at < arguments.length) {
            String name = arguments[at++];
            boolean isFlag = name.equals("--shrink");
            if (!isFlag && at == arguments.length) {
                throw new IllegalArgumentException(name + " says nothing");
            }
            settings = with(settings, name, isFlag ? "" : arguments[at++]);
        }
        return settings;
    }

    private static Settings with(Settings old, String name, String value) {
        return switch (name) {
            case "--seeds" -> {
                int dots = value.indexOf("..");
                long from = Long.parseLong(dots < 0 ? value : value.substring(0, dots));
                long to = dots < 0 ? from : Long.parseLong(value.substring(dots + 2));
                yield new Settings(from, to, old.threads(), old.secondsMax(), old.shrinking());
            }
            case "--threads" ->
                new Settings(old.from(), old.to(), Integer.parseInt(value), old.secondsMax(), old.shrinking());
            case "--seconds" ->
                new Settings(old.from(), old.to(), old.threads(), Long.parseLong(value), old.shrinking());
            case "--shrink" -> new Settings(old.from(), old.to(), old.threads(), old.secondsMax(), true);
            default -> throw new IllegalArgumentException("no option " + name);
        };
    }

    private void playAll() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < settings.threads(); i++) {
            Thread thread = new Thread(this::playSome, "campaign-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(summary());
    }

    private void playSome() {
        while (seconds() < settings.secondsMax()) {
            long seed = next.getAndIncrement();
            if (seed > settings.to()) {
                return;
            }
            try {
                played(seed, Simulation.play(seed, new Variant()));
            } catch (RuntimeException | StackOverflowError bug) {
                failed(seed, "the simulation itself tripped: " + bug);
            }
        }
    }

    private synchronized void played(long seed, Simulation.Result result) {
        seeds++;
        acknowledged += result.acknowledged();
        untold += result.untold();
        events += result.events();
        micros += result.micros();
        traceHash += result.traceHash();
        if (!result.isFine()) {
            failed(seed, result.violations().get(0));
        }
        if (seeds % SEEDS_BETWEEN_WORDS == 0) {
            System.out.println("so far " + summary());
        }
    }

    private synchronized void failed(long seed, String violation) {
        failures.put(seed, violation);
        System.out.println("seed " + seed + " " + Plan.of(seed).shape() + ": " + violation);
    }

    private double seconds() {
        return (System.nanoTime() - begunNanos) / 1e9;
    }

    private synchronized String summary() {
        double seconds = seconds();
        return String.format(
                Locale.ROOT,
                "%d seeds, %d failures, %d losses that nobody was left to notice, %d acknowledged operations, %d events in %.1f s: %.0f events/s, %.1f seeds/s,"
                        + " %.1f simulated hours per minute; all traces %016x",
                seeds,
                failures.size(),
                untold,
                acknowledged,
                events,
                seconds,
                events / seconds,
                seeds / seconds,
                micros / 3.6e9 / (seconds / 60),
                traceHash);
    }
}
