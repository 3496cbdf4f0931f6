package io.azekura.persistence.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.DriveId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clusters are drawn from seeds; a failure names its seed. */
class AssignmentTest {
    private static final int SEEDS = 40;
    private static final int PARTITIONS = 1024;

    /** Another outcome is another move of everybody's data: whoever breaks this must mean it. */
    @ParameterizedTest
    @CsvSource({
        "4, 1, 1, 4, 64c41fa0e44ebd6c-bfc5d2065b42b0c4",
        "13, 1, 1, 12, b89ffd5a24c80f71-a93d44deb4cc1ef1",
        "24, 4, 3, 12, 2c26541027e0f6c8-f832a6892819a661",
        "100, 10, 5, 12, 5e5eb8c4f738f1d4-ed78d7aaf2f81bb5",
        "1000, 20, 7, 12, 99ab26ca73b1ffe-d6c2699199494840"
    })
    void tablesAreFrozen(int drives, int drivesPerNode, int zones, int width, String expected) {
        AssignmentTable fresh = plan(Clusters.even(drives, drivesPerNode, zones), width, null);
        List<Member> more = Clusters.even(drives + drivesPerNode, drivesPerNode, zones);
        AssignmentTable grown = plan(more.subList(1, more.size()), width, fresh);
        assertEquals(expected, hex(digest(fresh)) + "-" + hex(digest(grown)));
    }

    @Test
    void setsKeepWithinTheLimitsOfZonesAndNodes() {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (Cluster step : history(seed)) {
                SpreadLimits limits = SpreadLimits.of(new Topology(step.members), step.table.width());
                assertWithin(limits, step, "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 1, 1, 4, 4, 1",
        "24, 4, 3, 12, 4, 2",
        "24, 4, 2, 12, 6, 2",
        "100, 10, 5, 12, 3, 2",
        "100, 5, 20, 12, 1, 1",
        "10, 5, 2, 8, 4, 4"
    })
    void limitsAreTheCeilingsWhereDrivesSuffice(
            int drives, int perNode, int zones, int width, int zoneLimit, int nodeLimit) {
        Topology topology = new Topology(Clusters.even(drives, perNode, zones));
        assertEquals(new SpreadLimits(zoneLimit, nodeLimit), SpreadLimits.of(topology, width));
    }

    @Test
    void limitsYieldWhereAZoneOrNodeHasTooFewDrives() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(Clusters.member(i, 0, 0, Clusters.TB));
        }
        members.add(Clusters.member(4, 1, 1, Clusters.TB));
        members.add(Clusters.member(5, 2, 2, Clusters.TB));
        assertEquals(new SpreadLimits(4, 4), SpreadLimits.of(new Topology(members), 6));
        assertEquals(new SpreadLimits(2, 2), SpreadLimits.of(new Topology(members), 4));
        assertEquals(new SpreadLimits(1, 1), SpreadLimits.of(new Topology(members), 3));
    }

    @Test
    void everyDriveHasItsQuota() {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (Cluster step : history(seed)) {
                assertNearQuota(step, "seed " + seed);
            }
        }
    }

    @Test
    void quotasAreInProportionToCapacityWhereTheLimitsAllowIt() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            members.add(Clusters.member(i, i, i % 6, (1L + i % 2) * Clusters.TB));
        }
        int[] loads = plan(members, 4, null).loads();
        double unit = PARTITIONS * 4 / 90.0;
        AssignmentTable table = plan(members, 4, null);
        for (int i = 0; i < 60; i++) {
            int load = loads[table.drives().indexOf(members.get(i).drive())];
            assertEquals((1 + i % 2) * unit, load, 1.0, "drive " + i);
        }
    }

    @Test
    void anotherOrderOfTheDrivesIsTheSameTable() {
        for (int seed = 0; seed < 30; seed++) {
            List<Member> members = Clusters.random(seed, 30);
            List<Member> shuffled = new ArrayList<>(members);
            Collections.shuffle(shuffled, new Random(seed));
            assertEquals(plan(members, 6, null), plan(shuffled, 6, null));
        }
    }

    @Test
    void nothingMovesWhenNothingChanged() {
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Member> members = Clusters.random(seed, 20 + seed);
            AssignmentTable table = plan(members, 6, null);
            int moved = plan(members, 6, table).movedSince(table);
            assertTrue(moved <= offQuota(new Cluster(members, table)), "seed " + seed + " moved " + moved);
        }
    }

    @Test
    void newDrivesTakeTheirShareAndOthersGainNothing() {
        for (int drives : new int[] {6, 13, 40, 200}) {
            int width = Math.min(8, drives - 1);
            List<Member> members = Clusters.even(drives, 1, 1);
            AssignmentTable before = plan(members, width, null);
            List<Member> more = Clusters.even(drives + 3, 1, 1);
            AssignmentTable after = plan(more, width, before);
            int[] loads = after.loads();
            int share = IntStream.range(drives, drives + 3)
                    .map(i -> loads[after.drives().indexOf(more.get(i).drive())])
                    .sum();
            assertEquals(share, after.movedSince(before), drives + " drives");
            assertEquals(3.0 * PARTITIONS * width / (drives + 3), share, 3);
        }
    }

    @Test
    void aRemovedDriveMovesLittleMoreThanItHeld() {
        for (int drives : new int[] {13, 40, 200}) {
            List<Member> members = Clusters.even(drives, 1, 1);
            AssignmentTable before = plan(members, 8, null);
            AssignmentTable after = plan(members.subList(1, drives), 8, before);
            double held = PARTITIONS * 8.0 / drives;
            int moved = after.movedSince(before);
            assertTrue(moved >= Math.floor(held) && moved <= held * 1.2 + 8, drives + " drives moved " + moved);
        }
    }

    @Test
    void positionsAreAppendedWhenStripeSetsWiden() {
        List<Member> members = Clusters.even(40, 2, 4);
        AssignmentTable narrow = plan(members, 4, null);
        AssignmentTable wide = plan(members, 8, narrow);
        assertEquals(8, wide.width());
        assertEquals(0, wide.movedSince(narrow));
        assertThrows(IllegalArgumentException.class, () -> plan(members, 4, wide));
    }

    @Test
    void aDriveThatStaysKeepsItsPositionOrLeavesTheSet() {
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Cluster> history = history(seed);
            for (int step = 1; step < history.size(); step++) {
                AssignmentTable before = history.get(step - 1).table;
                AssignmentTable after = history.get(step).table;
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    List<DriveId> old = before.stripeSet(partition);
                    List<DriveId> now = after.stripeSet(partition);
                    for (int position = 0; position < old.size(); position++) {
                        int at = now.indexOf(old.get(position));
                        assertTrue(at == position || at == -1, "seed " + seed);
                    }
                }
            }
        }
    }

    @Test
    void drivesOfASetHaveManyCompanions() {
        AssignmentTable table = plan(Clusters.even(100, 1, 1), 12, null);
        int[] companions = new int[100];
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<DriveId> set = table.stripeSet(partition);
            if (set.contains(table.drives().get(0))) {
                set.forEach(drive -> companions[table.drives().indexOf(drive)]++);
            }
        }
        assertTrue(Arrays.stream(companions).allMatch(c -> c > 0), () -> Arrays.toString(companions));
    }

    @Test
    void tenThousandDrivesAreEvenAndOneLessMovesLittle() {
        int partitions = 1 << 16;
        List<Member> members = Clusters.even(10_000, 20, 25);
        AssignmentTable table = Assignment.plan(members, 12, partitions, null);
        assertTrue(Arrays.stream(table.loads()).allMatch(load -> load >= 77 && load <= 80));
        AssignmentTable less = Assignment.plan(members.subList(1, 10_000), 12, partitions, table);
        assertTrue(less.movedSince(table) < 100, "moved " + less.movedSince(table));
    }

    @Test
    void impossibleRequestsAreBugs() {
        List<Member> members = Clusters.even(3, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> Assignment.plan(members, 4, 8, null));
        assertThrows(IllegalArgumentException.class, () -> Assignment.plan(members, 2, 12, null));
        assertThrows(IllegalArgumentException.class, () -> Assignment.plan(members, 0, 8, null));
        AssignmentTable table = Assignment.plan(members, 2, 8, null);
        assertThrows(IllegalArgumentException.class, () -> Assignment.plan(members, 2, 16, table));
        List<Member> twice = List.of(members.get(0), members.get(1), members.get(0));
        assertThrows(IllegalArgumentException.class, () -> Assignment.plan(twice, 2, 8, null));
        assertThrows(IllegalArgumentException.class, () -> Clusters.member(1, 1, 1, 0));
    }

    /** A cluster at one moment. */
    private record Cluster(List<Member> members, AssignmentTable table) {}

    /** A fresh cluster, then some drives less, some more, some moved to other nodes and zones, then wider sets. */
    private static List<Cluster> history(int seed) {
        Random random = new Random(seed);
        int drives = 8 + random.nextInt(60);
        int width = 2 + random.nextInt(6);
        List<Member> all = Clusters.random(seed, drives);
        List<Member> members = new ArrayList<>(all.subList(0, drives - drives / 5));
        List<Cluster> steps = new ArrayList<>();
        steps.add(step(members, width, null));
        members.subList(0, random.nextInt(Math.max(1, members.size() - width))).clear();
        steps.add(step(members, width, steps.get(0).table));
        members.addAll(all.subList(drives - drives / 5, drives));
        steps.add(step(members, width, steps.get(1).table));
        members.replaceAll(m -> random.nextInt(5) > 0
                ? m
                : new Member(m.drive(), "node-" + random.nextInt(9), "zone-" + random.nextInt(4), m.capacityBytes()));
        steps.add(step(members, width, steps.get(2).table));
        steps.add(step(members, Math.min(members.size(), width + 2), steps.get(3).table));
        return steps;
    }

    private static Cluster step(List<Member> members, int width, @Nullable AssignmentTable before) {
        return new Cluster(List.copyOf(members), plan(members, width, before));
    }

    private static AssignmentTable plan(List<Member> members, int width, @Nullable AssignmentTable before) {
        return Assignment.plan(members, width, PARTITIONS, before);
    }

    private static void assertWithin(SpreadLimits limits, Cluster cluster, String message) {
        Topology topology = new Topology(cluster.members);
        assertEquals(topology.drives, cluster.table.drives());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int[] inNode = new int[topology.drivesOfNode.length];
            int[] inZone = new int[topology.nodesOfZone.length];
            for (int position = 0; position < cluster.table.width(); position++) {
                int drive = cluster.table.driveNumber(partition, position);
                inNode[topology.nodeOfDrive[drive]]++;
                inZone[topology.zoneOfDrive(drive)]++;
            }
            assertTrue(Arrays.stream(inNode).allMatch(count -> count <= limits.perNode()), message);
            assertTrue(Arrays.stream(inZone).allMatch(count -> count <= limits.perZone()), message);
        }
    }

    private static int offQuota(Cluster cluster) {
        Topology topology = new Topology(cluster.members);
        int width = cluster.table.width();
        int[] loads = cluster.table.loads();
        int[] quota = Quotas.of(topology, SpreadLimits.of(topology, width), PARTITIONS, width, loads);
        assertEquals(PARTITIONS * width, Arrays.stream(quota).sum());
        return IntStream.range(0, loads.length)
                .map(i -> Math.abs(loads[i] - quota[i]))
                .sum();
    }

    /** Tight limits may leave a few positions where they are; on the whole no more than one in fifty. */
    private static void assertNearQuota(Cluster cluster, String message) {
        int above = offQuota(cluster) / 2;
        int slots = PARTITIONS * cluster.table.width();
        assertTrue(above <= slots / 50, message + ": " + above + " of " + slots + " above quota");
    }

    private static long digest(AssignmentTable table) {
        long digest = table.width();
        for (int partition = 0; partition < table.partitions(); partition++) {
            for (DriveId drive : table.stripeSet(partition)) {
                digest = Mixing.mixed(digest, drive);
            }
        }
        return digest;
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }
}
