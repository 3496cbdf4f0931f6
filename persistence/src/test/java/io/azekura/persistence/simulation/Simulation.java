package io.azekura.persistence.simulation;

import io.azekura.persistence.simulation.history.History;
import io.azekura.persistence.simulation.history.HistoryChecker;
import io.azekura.persistence.simulation.history.Violation;
import java.util.ArrayList;
import java.util.List;

/** Plays one plan: a busy time with faults, a time to recover, a last look at everything, and the verdict. */
final class Simulation {
    private static final long RECOVERY_MICROS = 40_000_000;
    private static final long RECOVERY_STEP_MICROS = 200_000;
    private static final long LAST_LOOK_MICROS = 5_000_000;
    static final int LAST_CLIENT = 1000;

    private final Kernel kernel;
    private final World world;
    private final Plan plan;

    /** What a history showed; {@code untold}: how many losses nobody was left to notice. */
    record Result(
            List<String> violations,
            long events,
            long micros,
            long traceHash,
            int acknowledged,
            int untold,
            List<String> lines,
            History history) {
        boolean isFine() {
            return violations.isEmpty();
        }
    }

    Simulation(long seed, Plan plan, Variant variant, boolean printing) {
        this.kernel = new Kernel(seed, printing);
        this.plan = plan;
        this.world = new World(kernel, plan.shape(), variant);
    }

    static Result play(long seed, Variant variant) {
        return new Simulation(seed, Plan.of(seed), variant, false).play();
    }

    Result play() {
        List<String> violations = new ArrayList<>();
        try {
            run(violations);
        } catch (RuntimeException bug) {
            java.io.StringWriter trace = new java.io.StringWriter();
            bug.printStackTrace(new java.io.PrintWriter(trace));
            violations.add("a bug tripped: " + trace);
        }
        violations.addAll(world.broken());
        History history = world.clients().recorder().history();
        for (Violation violation : HistoryChecker.checkAll(history)) {
            violations.add(violation.toString());
        }
        return new Result(
                violations,
                kernel.events(),
                kernel.now(),
                kernel.traceHash(),
                world.clients().acknowledged(),
                world.untold(),
                kernel.lines(),
                history);
    }

    /** Prints what is on the drives. */
    void dump() {
        for (SimDrive drive : world.drives()) {
            drive.memory().slots().forEach((key, slot) -> {
                StringBuilder line =
                        new StringBuilder("drive " + drive.slot() + " " + key + " p" + world.partitionOf(key)
                                + (drive.memory().isDamaged(key) ? " DAMAGED" : "") + " settled " + slot.settled());
                slot.rows().forEach(row -> line.append(" [")
                        .append(row.accepted())
                        .append(' ')
                        .append(row.state().kind())
                        .append(' ')
                        .append(row.state().content())
                        .append(' ')
                        .append(row.state().history().count())
                        .append(' ')
                        .append(row.edits().size())
                        .append(']'));
                System.out.println(line);
            });
        }
    }

    private void run(List<String> violations) {
        world.start();
        Nemesis nemesis = new Nemesis(world);
        plan.faults().forEach(nemesis::add);
        plan.deeds().forEach(world.clients()::add);
        kernel.runUntil(Plan.BUSY_MICROS + 500_000);
        nemesis.stop();
        kernel.say("the faults are over");
        world.calmDown();
        boolean isQuiet = awaitQuiet(violations, " s after the last fault:");
        lastLook();
        long end = kernel.now() + LAST_LOOK_MICROS;
        do {
            kernel.runUntil(kernel.now() + RECOVERY_STEP_MICROS);
        } while (kernel.now() < end && !(world.isQuiet() && world.invariants().isEverythingTold()));
        if (!world.clients().isIdle()) {
            violations.add("the last look did not end");
        }
        if (isQuiet) {
            // What a fault began may have shown only while they looked.
            awaitQuiet(violations, " s after the last look:");
        }
        world.invariants().atTheEnd();
    }

    private boolean awaitQuiet(List<String> violations, String since) {
        long until = kernel.now() + RECOVERY_MICROS;
        while (kernel.now() < until && !world.isQuiet()) {
            kernel.runUntil(kernel.now() + RECOVERY_STEP_MICROS);
        }
        String why = world.whyNotQuiet();
        if (!why.isEmpty()) {
            violations.add("not quiet " + RECOVERY_MICROS / 1_000_000 + since + why);
        }
        return why.isEmpty();
    }

    /** Everything is read once more by a client that comes late. */
    private void lastLook() {
        long at = 0;
        for (int key = 0; key < 2; key++) {
            for (Deed.Kind kind : List.of(Deed.Kind.GET, Deed.Kind.LIST)) {
                world.clients().add(new Deed(at += 1000, LAST_CLIENT, kind, key, 0));
            }
        }
        world.clients().add(new Deed(at += 1000, LAST_CLIENT, Deed.Kind.VERSION_LIST, 0, 0));
        world.clients().add(new Deed(at += 1000, LAST_CLIENT, Deed.Kind.JOURNAL_REPLAY, 0, 0));
        for (Deed.Kind kind : List.of(Deed.Kind.BUCKET_LIST, Deed.Kind.BUCKET_PUT, Deed.Kind.BUCKET_LIST)) {
            world.clients().add(new Deed(at += 1000, LAST_CLIENT, kind, 0, 0));
        }
    }
}
