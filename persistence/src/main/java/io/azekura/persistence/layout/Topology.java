package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The drives of a cluster as a tree of zones, nodes and drives, all of them numbered: drives in the order of their ids,
 * whatever order they were given in.
 */
final class Topology {
    final List<DriveId> drives;
    final int[] nodeOfDrive;
    final int[] zoneOfNode;
    final int[][] drivesOfNode;
    final int[][] nodesOfZone;
    final double[] weightOfDrive;

    Topology(List<Member> members) {
        List<Member> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparing(Member::drive, Topology::compare));
        drives = sorted.stream().map(Member::drive).toList();
        Check.argument(new HashSet<>(drives).size() == drives.size(), "a drive twice among the members");
        Map<String, Map<String, List<Integer>>> tree = new TreeMap<>();
        for (int drive = 0; drive < sorted.size(); drive++) {
            Member member = sorted.get(drive);
            tree.computeIfAbsent(member.zone(), zone -> new TreeMap<>())
                    .computeIfAbsent(member.node(), node -> new ArrayList<>())
                    .add(drive);
        }
        nodesOfZone = new int[tree.size()][];
        int nodes = tree.values().stream().mapToInt(Map::size).sum();
        drivesOfNode = new int[nodes][];
        zoneOfNode = new int[nodes];
        nodeOfDrive = new int[drives.size()];
        number(tree);
        double largest = sorted.stream().mapToLong(Member::capacityBytes).max().orElse(1);
        weightOfDrive = sorted.stream()
                .mapToDouble(member -> member.capacityBytes() / largest)
                .toArray();
    }

    private void number(Map<String, Map<String, List<Integer>>> tree) {
        int zone = 0;
        int node = 0;
        for (Map<String, List<Integer>> nodes : tree.values()) {
            nodesOfZone[zone] = new int[nodes.size()];
            int index = 0;
            for (List<Integer> inNode : nodes.values()) {
                drivesOfNode[node] = inNode.stream().mapToInt(drive -> drive).toArray();
                for (int drive : drivesOfNode[node]) {
                    nodeOfDrive[drive] = node;
                }
                zoneOfNode[node] = zone;
                nodesOfZone[zone][index++] = node++;
            }
            zone++;
        }
    }

    int zoneOfDrive(int drive) {
        return zoneOfNode[nodeOfDrive[drive]];
    }

    /** Ids as unsigned numbers: the order in which tables number drives. */
    static int compare(DriveId a, DriveId b) {
        int high = Long.compareUnsigned(
                a.value().getMostSignificantBits(), b.value().getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        a.value().getLeastSignificantBits(), b.value().getLeastSignificantBits());
    }
}
