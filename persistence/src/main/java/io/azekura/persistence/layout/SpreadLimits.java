package io.azekura.persistence.layout;

import io.azekura.persistence.Check;

/**
 * Most positions of one stripe set in one zone and in one node: as few as the cluster allows, and fewest in zones first.
 * With zones and nodes that have enough drives these are ⌈N / zones⌉ and ⌈N / nodes⌉.
 *
 * <p>Drive, node and zone limits nest, so the sets that keep them are a matroid: any part of a set that keeps them can be
 * completed, whichever drives it has.
 */
record SpreadLimits(int perZone, int perNode) {
    static SpreadLimits of(Topology topology, int width) {
        Check.argument(
                width <= topology.drives.size(), width + " positions over " + topology.drives.size() + " drives");
        int perZone = 1;
        while (room(topology, new SpreadLimits(perZone, width)) < width) {
            perZone++;
        }
        int perNode = 1;
        while (room(topology, new SpreadLimits(perZone, perNode)) < width) {
            perNode++;
        }
        return new SpreadLimits(perZone, perNode);
    }

    /** The widest stripe set that keeps the limits. */
    private static int room(Topology topology, SpreadLimits limits) {
        int room = 0;
        for (int[] nodes : topology.nodesOfZone) {
            int inZone = 0;
            for (int node : nodes) {
                inZone += Math.min(limits.perNode, topology.drivesOfNode[node].length);
            }
            room += Math.min(limits.perZone, inZone);
        }
        return room;
    }
}
