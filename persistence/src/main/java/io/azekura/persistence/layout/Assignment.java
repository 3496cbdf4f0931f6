package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Assigns partitions to drives: a pure function of the drives and of the table before, the same on every node and in
 * every release. What it promises, the first before the next:
 *
 * <ul>
 *   <li>no zone and no node holds more positions of a stripe set than {@link SpreadLimits} allows;
 *   <li>every drive holds its share by capacity, as far as the first allows it ({@link Quotas});
 *   <li>a drive that stays keeps its positions, unless the first two force it to give some up; new drives take from
 *       those that hold too much, and nothing moves among the others.
 * </ul>
 *
 * <p>How: keep what may stay, fill what is empty with the drive that is furthest below its quota, then let drives above
 * theirs give single positions to drives below. The limits always leave a drive to fill with, so the first step cannot
 * get stuck; the second is a matter of few positions that remain.
 */
public final class Assignment {
    private static final int EMPTY = -1;

    /** Passes of balancing in which at most one position of each partition moves: a bound on time, rarely met. */
    private static final int PASSES_MAX = 80;

    /** A pass that moves less than this part of what is too much makes way for new labels. */
    private static final int SLOW = 50;

    /** Rounds of labelling; one or two are usual, and only where limits are tight. */
    private static final int ROUNDS_MAX = 8;

    /** The label of a drive that cannot pass anything on, above those of chains worth their moves. */
    private static final int FAR = 5;

    /** A drive within one position, or a thousandth, of its quota has its quota. */
    private static final int NEAR = 1000;

    /** Odd, so that multiples of it visit every partition once, in an order without runs. */
    private static final int STRIDE = 0x9E3779B1;

    /** Far above the rank of any drive within its level. */
    private static final double LEVEL = 1e12;

    private final Topology topology;
    private final SpreadLimits limits;
    private final int partitions;
    private final int width;
    private final int[] slots;

    /** What the slots were before, as far as the drives stay. */
    private final int[] old;

    private final int[] load;
    private final int[] quota;
    private final int[] label;
    private final DriveTournament tournament;

    /** Positions of the partition at hand, by node and by zone. */
    private final int[] inNode;

    private final int[] inZone;

    private Assignment(List<Member> members, int width, int partitions, @Nullable AssignmentTable before) {
        this.topology = new Topology(members);
        this.limits = SpreadLimits.of(topology, width);
        this.partitions = partitions;
        this.width = width;
        this.slots = new int[partitions * width];
        this.load = new int[topology.drives.size()];
        this.inNode = new int[topology.drivesOfNode.length];
        this.inZone = new int[topology.nodesOfZone.length];
        Arrays.fill(slots, EMPTY);
        if (before != null) {
            keep(before);
        }
        this.old = slots.clone();
        int[] first = Quotas.of(topology, limits, partitions, width, load);
        giveUpBeyondLimits(first);
        this.quota = Quotas.of(topology, limits, partitions, width, load);
        this.label = new int[load.length];
        Arrays.fill(label, 1);
        this.tournament = new DriveTournament(topology);
    }

    /**
     * The table for these drives, whatever their order.
     *
     * @param width N, not below that of the table before; positions that it has more are appended
     * @param partitions a power of two, that of the table before
     */
    public static AssignmentTable plan(
            List<Member> members, int width, int partitions, @Nullable AssignmentTable before) {
        Check.argument(width >= 1 && width <= StripeSet.DRIVES_MAX, "a stripe set of " + width + " drives");
        Check.argument(AssignmentTable.isPartitions(partitions), partitions + " partitions");
        Check.argument(
                before == null || (before.partitions() == partitions && before.width() <= width),
                "a table that does not follow from " + before);
        return new Assignment(members, width, partitions, before).planned();
    }

    private AssignmentTable planned() {
        rankAll();
        for (int partition = 0; partition < partitions; partition++) {
            fill(partition);
        }
        int pass = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            int excess = excess();
            boolean isMoving = excess > 0;
            while (isMoving && pass < PASSES_MAX) {
                isMoving = balance(pass++) > excess / SLOW;
                excess = excess();
            }
            if (isNearQuotas()) {
                break;
            }
            relabel();
        }
        return new AssignmentTable(topology.drives, width, slots);
    }

    private void keep(AssignmentTable before) {
        Map<DriveId, Integer> numbers = new HashMap<>();
        topology.drives.forEach(drive -> numbers.put(drive, numbers.size()));
        int[] number = before.drives().stream()
                .mapToInt(drive -> numbers.getOrDefault(drive, EMPTY))
                .toArray();
        for (int partition = 0; partition < partitions; partition++) {
            for (int position = 0; position < before.width(); position++) {
                int drive = number[before.driveNumber(partition, position)];
                slots[partition * width + position] = drive;
                if (drive != EMPTY) {
                    load[drive]++;
                }
            }
        }
    }

    /** Where zones or nodes changed, sets may be closer together than they need to be. */
    private void giveUpBeyondLimits(int[] wanted) {
        for (int partition = 0; partition < partitions; partition++) {
            count(partition, 1);
            int slot = worstBeyondLimits(partition, wanted);
            while (slot != EMPTY) {
                int drive = slots[slot];
                slots[slot] = EMPTY;
                load[drive]--;
                inNode[topology.nodeOfDrive[drive]]--;
                inZone[topology.zoneOfDrive(drive)]--;
                slot = worstBeyondLimits(partition, wanted);
            }
            count(partition, -1);
        }
    }

    private void count(int partition, int step) {
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            if (slots[slot] != EMPTY) {
                inNode[topology.nodeOfDrive[slots[slot]]] += step;
                inZone[topology.zoneOfDrive(slots[slot])] += step;
            }
        }
    }

    private int worstBeyondLimits(int partition, int[] wanted) {
        int worst = EMPTY;
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            int drive = slots[slot];
            boolean isBeyond = drive != EMPTY
                    && (inNode[topology.nodeOfDrive[drive]] > limits.perNode()
                            || inZone[topology.zoneOfDrive(drive)] > limits.perZone());
            if (isBeyond && (worst == EMPTY || isFuller(partition, drive, slots[worst], wanted))) {
                worst = slot;
            }
        }
        return worst;
    }

    private boolean isFuller(int partition, int a, int b, int[] wanted) {
        int byLoad =
                Double.compare(load[a] / (double) Math.max(1, wanted[a]), load[b] / (double) Math.max(1, wanted[b]));
        return byLoad != 0 ? byLoad > 0 : tie(partition, a) < tie(partition, b);
    }

    private long tie(int partition, int drive) {
        return Mixing.mixed(partition, topology.drives.get(drive));
    }

    /**
     * When a drive is next in turn: after so many parts of its quota, at a moment within the part that a hash decides, so
     * that drives of one capacity come in ever new orders and meet ever new companions.
     */
    private double rank(int drive) {
        double within = (Mixing.mixed(load[drive], topology.drives.get(drive)) >>> 11) * 0x1p-53;
        return level(drive) * LEVEL + (load[drive] + within) / Math.max(quota[drive], 1e-3);
    }

    private void fill(int partition) {
        int first = partition * width;
        int empty = (int) Arrays.stream(slots, first, first + width)
                .filter(d -> d == EMPTY)
                .count();
        if (empty == 0) {
            return;
        }
        enter(partition);
        Integer[] chosen = new Integer[empty];
        for (int i = 0; i < empty; i++) {
            chosen[i] = tournament.best();
            load[chosen[i]]++;
            take(chosen[i]);
        }
        // The order of choice says who is furthest behind; a hash is fair to all positions.
        Arrays.sort(chosen, (a, b) -> Long.compare(tie(partition, a), tie(partition, b)));
        for (int drive : chosen) {
            int home = home(partition, drive);
            if (home != EMPTY) {
                slots[home] = drive;
            }
        }
        int slot = first;
        for (int drive : chosen) {
            if (home(partition, drive) == EMPTY) {
                while (slots[slot] != EMPTY) {
                    slot++;
                }
                slots[slot] = drive;
            }
            tournament.rank(drive, rank(drive));
        }
        leave(partition);
    }

    /** Lets every partition in turn give one position of a drive above its quota to one of a lower level; how many could. */
    private int balance(int pass) {
        int start = (int) Mixing.mixed(pass);
        int moved = 0;
        for (int i = 0; i < partitions; i++) {
            int partition = (start + i * STRIDE) & (partitions - 1);
            if (hasOverloaded(partition)) {
                enter(partition);
                moved += moveOne(partition) ? 1 : 0;
                leave(partition);
            }
        }
        return moved;
    }

    /**
     * Finds for every drive through how many others its positions can reach one below quota: what a drive has too much is
     * then passed on to a drive with a lower label, which passes on one of its own, as in the push-relabel way to a flow.
     */
    private void relabel() {
        Arrays.fill(label, FAR);
        rankAll();
        for (int next = 1; next < FAR && !isEveryOverloadedLabelled(); next++) {
            boolean[] reached = new boolean[load.length];
            for (int partition = 0; partition < partitions; partition++) {
                reach(partition, next, reached);
            }
            for (int drive = 0; drive < reached.length; drive++) {
                label[drive] = reached[drive] ? next : label[drive];
            }
            rankAll();
        }
    }

    private void reach(int partition, int next, boolean[] reached) {
        enter(partition);
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            int drive = slots[slot];
            if (level(drive) == FAR && !reached[drive]) {
                release(drive);
                int to = tournament.best();
                take(drive);
                reached[drive] = level(to) == next - 1 && mayTake(partition, slot, to);
            }
        }
        leave(partition);
    }

    private boolean isEveryOverloadedLabelled() {
        for (int drive = 0; drive < load.length; drive++) {
            if (load[drive] > quota[drive] && label[drive] == FAR) {
                return false;
            }
        }
        return true;
    }

    /** 0 for a drive that takes what it can get, else its label. */
    private int level(int drive) {
        return load[drive] < quota[drive] ? 0 : label[drive];
    }

    private void rankAll() {
        for (int drive = 0; drive < load.length; drive++) {
            tournament.rank(drive, rank(drive));
        }
    }

    /** Whether what is left is too little to move anything for that is not above its own quota. */
    private boolean isNearQuotas() {
        for (int drive = 0; drive < load.length; drive++) {
            if (Math.abs(load[drive] - quota[drive]) > 1 + quota[drive] / NEAR) {
                return false;
            }
        }
        return true;
    }

    private int excess() {
        int excess = 0;
        for (int drive = 0; drive < load.length; drive++) {
            excess += Math.max(0, load[drive] - quota[drive]);
        }
        return excess;
    }

    private boolean hasOverloaded(int partition) {
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            if (load[slots[slot]] > quota[slots[slot]]) {
                return true;
            }
        }
        return false;
    }

    private boolean moveOne(int partition) {
        long tried = 0;
        int slot = fullest(partition, tried);
        while (slot != EMPTY) {
            release(slots[slot]);
            int to = tournament.best();
            take(slots[slot]);
            if (load[to] <= quota[to] && level(to) < level(slots[slot]) && mayTake(partition, slot, to)) {
                replace(slot, to);
                return true;
            }
            tried |= 1L << (slot - partition * width);
            slot = fullest(partition, tried);
        }
        return false;
    }

    /** In the partition at hand. */
    private void replace(int slot, int to) {
        int from = slots[slot];
        release(from);
        load[from]--;
        tournament.rank(from, rank(from));
        slots[slot] = to;
        load[to]++;
        take(to);
        tournament.rank(to, rank(to));
    }

    /** A drive that had another position of the partition may only have that one. */
    private boolean mayTake(int partition, int slot, int drive) {
        int home = home(partition, drive);
        return home == EMPTY || home == slot;
    }

    /** The slot that the drive had before. */
    private int home(int partition, int drive) {
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            if (old[slot] == drive) {
                return slot;
            }
        }
        return EMPTY;
    }

    private int fullest(int partition, long tried) {
        int fullest = EMPTY;
        for (int position = 0; position < width; position++) {
            int slot = partition * width + position;
            int drive = slots[slot];
            boolean isCandidate = load[drive] > quota[drive] && (tried & (1L << position)) == 0;
            if (isCandidate && (fullest == EMPTY || isFuller(partition, drive, slots[fullest], quota))) {
                fullest = slot;
            }
        }
        return fullest;
    }

    private void enter(int partition) {
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            if (slots[slot] != EMPTY) {
                take(slots[slot]);
            }
        }
    }

    private void leave(int partition) {
        for (int slot = partition * width; slot < (partition + 1) * width; slot++) {
            release(slots[slot]);
        }
    }

    private void take(int drive) {
        tournament.barDrive(drive);
        int node = topology.nodeOfDrive[drive];
        if (++inNode[node] == limits.perNode()) {
            tournament.barNode(node);
        }
        int zone = topology.zoneOfNode[node];
        if (++inZone[zone] == limits.perZone()) {
            tournament.barZone(zone);
        }
    }

    private void release(int drive) {
        tournament.freeDrive(drive);
        int node = topology.nodeOfDrive[drive];
        if (inNode[node]-- == limits.perNode()) {
            tournament.freeNode(node);
        }
        int zone = topology.zoneOfNode[node];
        if (inZone[zone]-- == limits.perZone()) {
            tournament.freeZone(zone);
        }
    }
}
