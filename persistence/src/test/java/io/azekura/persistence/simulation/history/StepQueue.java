package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;

/**
 * The begins and ends of required steps by time, as a linked list from which steps are taken and put back, the last one
 * first. Whatever began before the first end is a candidate for the next step.
 */
final class StepQueue {

    private static final int NOBODY = -1;

    private final long[] ends;
    /** Node 0 is the head, 2i + 1 the begin and 2i + 2 the end of step i; the last one is the tail. */
    private final int[] next;

    private final int[] previous;

    StepQueue(List<RegisterStep> steps) {
        ends = steps.stream().mapToLong(RegisterStep::endsAt).toArray();
        int tail = 2 * steps.size() + 1;
        next = new int[tail + 1];
        previous = new int[tail + 1];
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).required()) {
                nodes.add(2 * i + 1);
                nodes.add(2 * i + 2);
            }
        }
        // At one tick begins come before ends: what touches is concurrent. Odd nodes are begins.
        nodes.sort((a, b) -> {
            int byTime = Long.compare(time(steps, a), time(steps, b));
            return byTime != 0 ? byTime : Integer.compare((a + 1) % 2, (b + 1) % 2);
        });
        int last = 0;
        for (int node : nodes) {
            link(last, node);
            last = node;
        }
        link(last, tail);
    }

    private static long time(List<RegisterStep> steps, int node) {
        RegisterStep step = steps.get((node - 1) / 2);
        return node % 2 == 1 ? step.invokedAt() : step.endsAt();
    }

    private void link(int left, int right) {
        next[left] = right;
        previous[right] = left;
    }

    /** The first step that can be next, or a negative number. */
    int firstCandidate() {
        return candidate(next[0]);
    }

    /** The candidate after a candidate; ask before taking that one. */
    int nextCandidate(int step) {
        return candidate(next[2 * step + 1]);
    }

    private int candidate(int node) {
        return node % 2 == 1 && node < next.length - 1 ? (node - 1) / 2 : NOBODY;
    }

    /** The end of the step that ends first: whatever begins later cannot be next. */
    long firstReturn() {
        int node = next[0];
        while (candidate(node) >= 0) {
            node = next[node];
        }
        return node == next.length - 1 ? Long.MAX_VALUE : ends[(node - 1) / 2];
    }

    void remove(int step) {
        unlink(2 * step + 1);
        unlink(2 * step + 2);
    }

    void restore(int step) {
        relink(2 * step + 2);
        relink(2 * step + 1);
    }

    private void unlink(int node) {
        next[previous[node]] = next[node];
        previous[next[node]] = previous[node];
    }

    private void relink(int node) {
        next[previous[node]] = node;
        previous[next[node]] = node;
    }
}
