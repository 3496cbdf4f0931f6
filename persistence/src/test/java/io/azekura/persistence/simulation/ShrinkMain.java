package io.azekura.persistence.simulation;

/** Shrinks one failing seed from the command line, and prints what is left: {@code seed [runs]}. */
public final class ShrinkMain {
    private static final int RUNS_MAX = 600;

    private ShrinkMain() {}

    public static void main(String[] arguments) {
        long seed = Long.parseLong(arguments[0]);
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : RUNS_MAX;
        if (Simulation.play(seed, new Variant()).isFine()) {
            System.out.println("seed " + seed + " does not fail");
            return;
        }
        print(seed, runs);
        System.exit(1);
    }

    static void print(long seed, int runs) {
        System.out.println("seed " + seed + " shrinks to:");
        new Shrinker(seed, Variant::new, runs).shrink(Plan.of(seed)).lines().forEach(System.out::println);
    }
}
