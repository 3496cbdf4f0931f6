package io.azekura.persistence.layout;

import io.azekura.persistence.bucket.BucketSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Prints what an assignment costs and how even it is, for clusters of 4 to 10,000 drives, and what the spread of a bucket
 * means for listings: the figures in docs/layout.md and docs/adr/0008. Times aside, every run prints the same.
 */
public final class LayoutFigures {
    private static final int PARTITIONS = 1 << 16;

    /** Drives, drives in a node, zones. */
    private static final int[][] CLUSTERS = {
        {4, 1, 1},
        {5, 1, 1},
        {8, 1, 1},
        {16, 4, 1},
        {24, 4, 3},
        {100, 10, 1},
        {100, 10, 5},
        {1000, 20, 10},
        {10_000, 20, 25}
    };

    private static final int BUCKETS = 20;

    private LayoutFigures() {}

    public static void main(String[] args) {
        spreads();
        sizes();
        changes();
    }

    private static void changes() {
        print("| cluster | change | max/mean | min/mean | moved | least | of | beyond limits | ms |");
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (int[] cluster : CLUSTERS) {
            changes(cluster[0], cluster[1], cluster[2]);
        }
        print("heap limit " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    private static void changes(int drives, int perNode, int zones) {
        String name = drives + " drives, " + perNode + " a node, " + zones + (zones == 1 ? " zone" : " zones");
        int width = ErasureShape.forDrives(drives).drives();
        List<Member> all = Clusters.even(2 * drives, perNode, zones);
        List<Member> now = all.subList(0, drives);
        AssignmentTable fresh = row(name, "new", now, width, null);
        row("", "a drive more", all.subList(0, drives + 1), width, fresh);
        row("", "a node more", all.subList(0, drives + perNode), width, fresh);
        row("", "twice as many", all, width, fresh);
        if (drives > width) {
            row("", "a drive less", all.subList(1, drives), width, fresh);
        }
    }

    private static AssignmentTable row(
            String name, String change, List<Member> members, int width, @Nullable AssignmentTable before) {
        long start = System.nanoTime();
        AssignmentTable table = Assignment.plan(members, width, PARTITIONS, before);
        long millis = (System.nanoTime() - start) / 1_000_000;
        int[] loads = table.loads();
        double mean = PARTITIONS * (double) width / loads.length;
        print(
                "| %s | %s | %.4f | %.4f | %d | %d | %.2f %% | %d | %d |",
                name,
                change,
                Arrays.stream(loads).max().orElse(0) / mean,
                Arrays.stream(loads).min().orElse(0) / mean,
                before == null ? 0 : table.movedSince(before),
                before == null ? 0 : least(members, table, before),
                before == null ? 0 : 100.0 * table.movedSince(before) / (PARTITIONS * width),
                beyondLimits(members, table),
                millis);
        return table;
    }

    /** What must move at least: what drives gain to reach the quotas that they have now. */
    private static int least(List<Member> members, AssignmentTable table, AssignmentTable before) {
        Topology topology = new Topology(members);
        int[] held = new int[topology.drives.size()];
        int[] loads = before.loads();
        for (int drive = 0; drive < held.length; drive++) {
            int number = before.drives().indexOf(topology.drives.get(drive));
            held[drive] = number < 0 ? 0 : loads[number];
        }
        SpreadLimits limits = SpreadLimits.of(topology, table.width());
        int[] quota = Quotas.of(topology, limits, PARTITIONS, table.width(), held);
        int least = 0;
        for (int drive = 0; drive < held.length; drive++) {
            least += Math.max(0, quota[drive] - held[drive]);
        }
        return least;
    }

    /** Stripe sets with a node or zone above its limit. */
    private static int beyondLimits(List<Member> members, AssignmentTable table) {
        Topology topology = new Topology(members);
        SpreadLimits limits = SpreadLimits.of(topology, table.width());
        int beyond = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int[] inNode = new int[topology.drivesOfNode.length];
            int[] inZone = new int[topology.nodesOfZone.length];
            boolean isBeyond = false;
            for (int position = 0; position < table.width(); position++) {
                int drive = table.driveNumber(partition, position);
                isBeyond |= ++inNode[topology.nodeOfDrive[drive]] > limits.perNode();
                isBeyond |= ++inZone[topology.zoneOfDrive(drive)] > limits.perZone();
            }
            beyond += isBeyond ? 1 : 0;
        }
        return beyond;
    }

    /** How even 10,000 drives are and how large their table is, by the number of partitions. */
    private static void sizes() {
        List<Member> members = Clusters.even(10_000, 20, 25);
        print("| partitions | positions a drive | max/mean | min/mean | table, MiB | encoded, MiB | ms |");
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (int bits = 10; bits <= 18; bits += 2) {
            long start = System.nanoTime();
            AssignmentTable table = Assignment.plan(members, 12, 1 << bits, null);
            long millis = (System.nanoTime() - start) / 1_000_000;
            int[] loads = table.loads();
            double mean = (12.0 * (1 << bits)) / loads.length;
            print(
                    "| 2^%d | %.1f | %.3f | %.3f | %.1f | %.1f | %d |",
                    bits,
                    mean,
                    Arrays.stream(loads).max().orElse(0) / mean,
                    Arrays.stream(loads).min().orElse(0) / mean,
                    (12.0 * (1 << bits) * Integer.BYTES) / (1 << 20),
                    AssignmentTableFormat.encode(table).length / (double) (1 << 20),
                    millis);
        }
    }

    /** For each spread: drives that a listing asks, and drives that hold the bucket; means over some buckets. */
    private static void spreads() {
        int[] sizes = {4, 8, 16, 32, 100, 320, 1000, 10_000};
        List<AssignmentTable> tables = new ArrayList<>();
        StringBuilder head = new StringBuilder("| spread |");
        StringBuilder rule = new StringBuilder("| ---: |");
        for (int drives : sizes) {
            int width = ErasureShape.forDrives(drives).drives();
            tables.add(Assignment.plan(Clusters.even(drives, 1, 1), width, PARTITIONS, null));
            head.append(String.format(Locale.ROOT, " %d drives |", drives));
            rule.append(" ---: |");
        }
        print(head.toString());
        print(rule.toString());
        for (int spread = 0; spread <= 12; spread++) {
            StringBuilder row = new StringBuilder("| 2^" + spread + " |");
            for (AssignmentTable table : tables) {
                row.append(spread(table, spread));
            }
            print(row.toString());
        }
    }

    private static String spread(AssignmentTable table, int spread) {
        Random random = new Random(spread);
        int buckets = spread > 9 ? 2 : BUCKETS;
        double asked = 0;
        double used = 0;
        for (int bucket = 0; bucket < buckets; bucket++) {
            List<Integer> partitions =
                    new Placement(PARTITIONS).partitionsOf(BucketSpace.incarnation(random.nextLong(), spread));
            asked += cover(table, partitions);
            BitSet holders = new BitSet();
            for (int partition : partitions) {
                for (int position = 0; position < table.width(); position++) {
                    holders.set(table.driveNumber(partition, position));
                }
            }
            used += holders.cardinality();
        }
        return String.format(Locale.ROOT, " %.0f / %.0f |", asked / buckets, used / buckets);
    }

    /** How many drives a greedy choice takes until every partition has a read quorum of its own. */
    private static int cover(AssignmentTable table, List<Integer> partitions) {
        int quorum = table.width() - StripeSet.majority(table.width()) + 1;
        List<List<Integer>> partitionsOfDrive = new ArrayList<>();
        for (int drive = 0; drive < table.drives().size(); drive++) {
            partitionsOfDrive.add(new ArrayList<>());
        }
        int[] gain = new int[table.drives().size()];
        for (int i = 0; i < partitions.size(); i++) {
            for (int position = 0; position < table.width(); position++) {
                int drive = table.driveNumber(partitions.get(i), position);
                partitionsOfDrive.get(drive).add(i);
                gain[drive]++;
            }
        }
        int[] missing = new int[partitions.size()];
        Arrays.fill(missing, quorum);
        int open = partitions.size();
        int asked = 0;
        while (open > 0) {
            int best = 0;
            for (int drive = 1; drive < gain.length; drive++) {
                best = gain[drive] > gain[best] ? drive : best;
            }
            gain[best] = Integer.MIN_VALUE / 2;
            asked++;
            for (int partition : partitionsOfDrive.get(best)) {
                if (--missing[partition] == 0) {
                    open--;
                    for (int position = 0; position < table.width(); position++) {
                        gain[table.driveNumber(partitions.get(partition), position)]--;
                    }
                }
            }
        }
        return asked;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
