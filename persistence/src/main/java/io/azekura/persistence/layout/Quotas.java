package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How many positions each drive should hold: in proportion to capacity, as far as a drive can be in a stripe set only
 * once and a node or zone only as often as the limits say. What a full drive, node or zone cannot take, the others share.
 * Fractions are rounded in favour of what a drive holds already, so that rounding alone moves nothing.
 */
final class Quotas {
    /** Rounds of bisection: enough to reach the last bit of a double from any start. */
    private static final int ROUNDS = 120;

    /** Fractions below this are errors of arithmetic. */
    private static final double FRACTION_MIN = 1e-6;

    private final Topology topology;
    private final double driveMost;
    private final double nodeMost;
    private final double zoneMost;
    private final int[] held;
    private final int[] quota;

    private Quotas(Topology topology, SpreadLimits limits, int partitions, int[] held) {
        this.topology = topology;
        this.driveMost = partitions;
        this.nodeMost = (double) partitions * limits.perNode();
        this.zoneMost = (double) partitions * limits.perZone();
        this.held = held;
        this.quota = new int[topology.drives.size()];
    }

    /** @param held how many positions each drive holds already */
    static int[] of(Topology topology, SpreadLimits limits, int partitions, int width, int[] held) {
        Quotas quotas = new Quotas(topology, limits, partitions, held);
        quotas.divide(partitions * width);
        return quotas.quota;
    }

    /** Something that takes a share: of nothing at level 0, everything it can at level infinity. */
    private interface Taker {
        double takes(double level);

        int held();

        long tie();

        void give(int amount);
    }

    private void divide(int total) {
        share(
                total,
                IntStream.range(0, topology.nodesOfZone.length)
                        .mapToObj(this::zone)
                        .toList());
    }

    private Taker zone(int zone) {
        int[] nodes = topology.nodesOfZone[zone];
        return group(zoneMost, Arrays.stream(nodes).mapToObj(this::node).toList());
    }

    private Taker node(int node) {
        int[] drives = topology.drivesOfNode[node];
        return group(nodeMost, Arrays.stream(drives).mapToObj(this::drive).toList());
    }

    private Taker drive(int drive) {
        return new Taker() {
            @Override
            public double takes(double level) {
                return Math.min(driveMost, level * topology.weightOfDrive[drive]);
            }

            @Override
            public int held() {
                return held[drive];
            }

            @Override
            public long tie() {
                return Mixing.mixed(0, topology.drives.get(drive));
            }

            @Override
            public void give(int amount) {
                quota[drive] = amount;
            }
        };
    }

    private static Taker group(double most, List<Taker> parts) {
        return new Taker() {
            @Override
            public double takes(double level) {
                double sum = 0;
                for (Taker part : parts) {
                    sum += part.takes(level);
                }
                return Math.min(most, sum);
            }

            @Override
            public int held() {
                return parts.stream().mapToInt(Taker::held).sum();
            }

            @Override
            public long tie() {
                return parts.get(0).tie();
            }

            @Override
            public void give(int amount) {
                share(amount, parts);
            }
        };
    }

    private static void share(int total, List<Taker> parts) {
        double level = levelFor(total, parts);
        double[] wish = parts.stream().mapToDouble(part -> part.takes(level)).toArray();
        int[] most = parts.stream()
                .mapToInt(part -> (int) Math.round(part.takes(Double.MAX_VALUE)))
                .toArray();
        int[] amount = Arrays.stream(wish)
                .mapToInt(w -> (int) Math.floor(w + FRACTION_MIN))
                .toArray();
        int rest = total - Arrays.stream(amount).sum();
        List<Integer> order = roundingOrder(parts, wish, amount);
        for (int i = 0; rest > 0; i = (i + 1) % order.size()) {
            int part = order.get(i);
            int more = amount[part] < most[part] ? 1 : 0;
            amount[part] += more;
            rest -= more;
        }
        Check.state(rest == 0, "a quota that no drive can take");
        for (int part = 0; part < amount.length; part++) {
            parts.get(part).give(amount[part]);
        }
    }

    private static double levelFor(int total, List<Taker> parts) {
        double high = 1;
        while (sum(parts, high) < total - FRACTION_MIN && high < Double.MAX_VALUE / 2) {
            high *= 2;
        }
        double low = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double middle = (low + high) / 2;
            if (sum(parts, middle) < total) {
                low = middle;
            } else {
                high = middle;
            }
        }
        // The low end, so that the sum does not exceed the total and rounding only ever adds.
        return low;
    }

    private static double sum(List<Taker> parts, double level) {
        double sum = 0;
        for (Taker part : parts) {
            sum += part.takes(level);
        }
        return sum;
    }

    /** First those that hold one more than their whole part already, then by fraction. */
    private static List<Integer> roundingOrder(List<Taker> parts, double[] wish, int[] amount) {
        Comparator<Integer> byHeld = Comparator.comparing(part ->
                wish[part] - amount[part] < FRACTION_MIN || parts.get(part).held() <= amount[part]);
        Comparator<Integer> byFraction =
                Comparator.comparing(part -> -Math.rint((wish[part] - amount[part]) / FRACTION_MIN));
        return IntStream.range(0, parts.size())
                .boxed()
                .sorted(byHeld.thenComparing(byFraction)
                        .thenComparing(part -> parts.get(part).tie()))
                .collect(Collectors.toList());
    }
}
