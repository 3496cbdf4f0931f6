package io.azekura.persistence.simulation;

import java.util.Random;

/**
 * Links between numbered nodes: delay with a tail, loss, duplication and so reordering, and links cut one way. A node
 * reaches itself without any of that.
 */
final class SimNetwork {
    private static final long BASE_MICROS = 100;
    private static final long SPREAD_MICROS = 400;
    private static final int TAIL_ONE_IN = 40;
    private static final long TAIL_MICROS = 8_000;

    private final Kernel kernel;
    private final Random random;
    private final boolean[][] cut;
    private double loss;
    private double duplication;
    private long slowMicros;
    private boolean calm;
    private long messages;

    SimNetwork(Kernel kernel, int nodes) {
        this.kernel = kernel;
        this.random = kernel.random("network");
        this.cut = new boolean[nodes][nodes];
    }

    long messages() {
        return messages;
    }

    /** No more loss, duplication and tails: delays only. */
    void setCalm(boolean isCalm) {
        calm = isCalm;
    }

    void setLoss(double probability) {
        loss = probability;
    }

    void setDuplication(double probability) {
        duplication = probability;
    }

    void setSlow(long micros) {
        slowMicros = micros;
    }

    void cut(int from, int to, boolean isCut) {
        cut[from][to] = isCut;
    }

    void healAll() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
        loss = 0;
        duplication = 0;
        slowMicros = 0;
    }

    /** Delivers to the task some time later, once, twice or never. */
    void send(int from, int to, Kernel.Task receiver, Runnable deliver) {
        messages++;
        if (from == to) {
            kernel.after(10, receiver, deliver);
            return;
        }
        if (cut[from][to]) {
            return;
        }
        double draw = random.nextDouble();
        if (!calm && draw < loss) {
            kernel.note("lost", from * 100L + to);
            return;
        }
        kernel.after(delay(), receiver, deliver);
        if (!calm && draw > 1 - duplication) {
            kernel.after(delay() + delay(), receiver, deliver);
        }
    }

    private long delay() {
        long base = BASE_MICROS + (long) (random.nextDouble() * SPREAD_MICROS);
        if (calm) {
            return base;
        }
        long tail = random.nextInt(TAIL_ONE_IN) == 0 ? (long) (random.nextDouble() * TAIL_MICROS) : 0;
        return base + tail + (slowMicros == 0 ? 0 : (long) (random.nextDouble() * slowMicros));
    }
}
