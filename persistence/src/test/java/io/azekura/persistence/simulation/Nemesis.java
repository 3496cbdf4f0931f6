package io.azekura.persistence.simulation;

import java.util.List;
import java.util.Random;

/**
 * Carries out faults. What destroys for good waits until the cluster is whole, since no more is promised than to bear one
 * loss after the other; everything else comes when it comes.
 */
final class Nemesis {
    private static final long PATIENCE_MICROS = 100_000;
    private static final int PATIENCE_MAX = 20;

    private final World world;
    private final Kernel kernel;
    private final Random random;
    private boolean over;

    Nemesis(World world) {
        this.world = world;
        this.kernel = world.kernel();
        this.random = kernel.random("nemesis");
    }

    void add(Fault fault) {
        kernel.after(fault.atMicros(), () -> strike(fault, 0));
    }

    void stop() {
        over = true;
    }

    private void strike(Fault fault, int waited) {
        if (over) {
            return;
        }
        if (mustWait(fault.kind())) {
            if (waited < PATIENCE_MAX) {
                kernel.after(PATIENCE_MICROS, () -> strike(fault, waited + 1));
            }
            return;
        }
        kernel.say("FAULT " + fault);
        kernel.note(fault.kind().name(), fault.target());
        carryOut(fault);
    }

    /** Whether it would be more at once than is promised to be borne. */
    private boolean mustWait(Fault.Kind kind) {
        if (kind == Fault.Kind.CRASH_ALL) {
            // Who could tell what the lying disk lost would forget it at the same moment.
            return world.drives().stream()
                    .anyMatch(drive -> drive.disk().isLying() || (drive.disk().hasLied() && !drive.isServing()));
        }
        return isDestructive(kind) && !world.isWhole();
    }

    private static boolean isDestructive(Fault.Kind kind) {
        return switch (kind) {
            case WIPE_DRIVE, OLD_IMAGE, LYING_SYNC, FAILED_SYNC, ROT, ANONYMOUS_ROT -> true;
            default -> false;
        };
    }

    private void carryOut(Fault fault) {
        int nodes = world.drives().size();
        int node = fault.target() % nodes;
        SimDrive drive = world.drives().get(node);
        long micros = fault.durationMicros();
        switch (fault.kind()) {
            case KILL_GATEWAY -> world.killGateway(fault.target());
            case PAUSE_GATEWAY -> world.pauseGateway(fault.target(), micros * 3);
            case CRASH_DRIVE -> crash(drive, micros / 4);
            case PAUSE_DRIVE -> {
                kernel.pause(drive.task());
                kernel.after(micros, () -> kernel.resume(drive.task()));
            }
            case WIPE_DRIVE -> {
                drive.crash();
                drive.replaceByNew("wiped");
            }
            case OLD_IMAGE -> oldImage(drive);
            case LYING_SYNC -> {
                drive.disk().lie();
                kernel.after(micros / 2, () -> crash(drive, 10_000));
            }
            case FAILED_SYNC -> {
                drive.disk().fail();
                kernel.after(micros, () -> crash(drive, 10_000));
            }
            case SLOW_DISK -> {
                drive.disk().setSlow(40_000);
                kernel.after(micros, () -> drive.disk().setSlow(0));
            }
            case ROT -> drive.rot(false);
            case ANONYMOUS_ROT -> drive.rot(true);
            case CRASH_ALL -> world.drives().forEach(one -> crash(one, 10_000));
            case CLOCK_JUMP -> {
                long jump = (fault.other() % 2 == 0 ? 1 : -1) * (fault.other() % 7 == 0 ? 90_000_000L : 400_000L);
                world.shiftClock(node, jump);
                kernel.after(micros, () -> world.shiftClock(node, 0));
            }
            case MOVE ->
                world.steward().wishMove(fault.target() % world.partitions().size(), fault.other());
            case ROLL_BACK ->
                world.steward().wishBack(fault.target() % world.partitions().size());
            default -> disturbNetwork(fault, node, nodes, micros);
        }
    }

    private void crash(SimDrive drive, long downMicros) {
        if (drive.task().isRunning()) {
            drive.crash();
            kernel.after(downMicros, () -> {
                if (!drive.task().isRunning()) {
                    drive.mount();
                }
            });
        }
    }

    /** The drive is switched off, an image of some time ago put on it, and it is switched on again. */
    private void oldImage(SimDrive drive) {
        int length = drive.disk().length();
        drive.crash();
        int keep = Math.max(0, Math.min(length - 1, (int) (length * (0.3 + 0.7 * random.nextDouble()))));
        drive.disk().rollBack(keep);
        kernel.after(20_000, () -> {
            if (!drive.task().isRunning()) {
                drive.mount();
            }
        });
    }

    private void disturbNetwork(Fault fault, int node, int nodes, long micros) {
        SimNetwork network = world.network();
        int other = fault.other() % nodes;
        switch (fault.kind()) {
            case LOSS -> network.setLoss(0.02 + (fault.other() % 20) / 100.0);
            case DUPLICATION -> network.setDuplication(0.1);
            case SLOW_NETWORK -> network.setSlow(20_000);
            case ISOLATE -> all(nodes, (a, b) -> (a == node) != (b == node));
            case CUT_IN -> all(nodes, (a, b) -> b == node && a != node);
            case CUT_OUT -> all(nodes, (a, b) -> a == node && b != node);
            case CUT_LINK -> all(nodes, (a, b) -> a == node && b == other && a != b);
            case HALVES -> all(nodes, (a, b) -> (a < nodes / 2) != (b < nodes / 2));
            case RING -> all(nodes, (a, b) -> Math.floorMod(a - b, nodes) > 1 && Math.floorMod(b - a, nodes) > 1);
            case BRIDGE -> all(nodes, (a, b) -> a != node && b != node && (a < nodes / 2) != (b < nodes / 2));
            case FLAP -> flap(node, nodes, micros);
            default -> throw new IllegalStateException("no fault of the network: " + fault);
        }
        kernel.after(micros, network::healAll);
    }

    /** One after the other every link of a node is cut, and in another order they come back. */
    private void flap(int node, int nodes, long micros) {
        List<Integer> order = new java.util.ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            order.add(i);
        }
        java.util.Collections.shuffle(order, random);
        for (int i = 0; i < nodes; i++) {
            int other = order.get(i);
            kernel.after(micros * i / (2L * nodes), () -> world.network().cut(node, other, node != other));
            kernel.after(micros / 2 + random.nextInt((int) micros / 2), () -> world.network()
                    .cut(node, other, false));
        }
    }

    @FunctionalInterface
    private interface Links {
        boolean isCut(int from, int to);
    }

    private void all(int nodes, Links links) {
        for (int a = 0; a < nodes; a++) {
            for (int b = 0; b < nodes; b++) {
                if (links.isCut(a, b)) {
                    world.network().cut(a, b, true);
                }
            }
        }
    }
}
