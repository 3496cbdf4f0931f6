package io.azekura.persistence.simulation;

/** Plays seeds from the command line: {@code from to}, or one seed, which is printed. */
public final class SimulationMain {
    private SimulationMain() {}

    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long to = arguments.length > 1 ? Long.parseLong(arguments[1]) : from;
        boolean printing = from == to;
        long begun = System.nanoTime();
        long events = 0;
        long micros = 0;
        int failed = 0;
        long acknowledged = 0;
        for (long seed = from; seed <= to; seed++) {
            Simulation simulation = new Simulation(seed, Plan.of(seed), new Variant(), printing);
            Simulation.Result result = simulation.play();
            if (printing && !result.isFine()) {
                simulation.dump();
            }
            result.lines().forEach(System.out::println);
            events += result.events();
            micros += result.micros();
            acknowledged += result.acknowledged();
            if (!result.isFine()) {
                failed++;
                System.out.println("seed " + seed + " " + Plan.of(seed).shape() + ": "
                        + result.violations().get(0)
                        + (result.violations().size() > 1
                                ? " and " + (result.violations().size() - 1) + " more"
                                : ""));
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                java.util.Locale.ROOT,
                "%d seeds, %d failed, %d acknowledged, %.1f s, %.0f events a seed, %.0f events/s, %.1f simulated hours/min%n",
                to - from + 1,
                failed,
                acknowledged,
                seconds,
                (double) events / (to - from + 1),
                events / seconds,
                micros / 3.6e9 / (seconds / 60));
    }
}
