package io.azekura.persistence.layout;

import java.util.stream.IntStream;

/**
 * Finds the drive with the lowest rank among those that are not barred, and bars drives, nodes and zones, each in a
 * number of steps that grows with the logarithm of the number of drives: a binary tree in which every zone and every
 * node is a subtree.
 */
final class DriveTournament {
    /** What {@link #best} returns when everything is barred. */
    static final int NONE = -1;

    private static final int DRIVE = 1;
    private static final int NODE = 2;
    private static final int ZONE = 4;

    private final double[] rank;
    private final int[] parent;
    private final int[] left;
    private final int[] right;
    /** For each vertex the best drive below, or {@link #NONE}. */
    private final int[] best;
    /** For each vertex, as which of its three kinds it is barred. A node alone in its zone is the zone's vertex too. */
    private final int[] barred;

    private final int[] driveVertex;
    private final int[] nodeVertex;
    private final int[] zoneVertex;
    private final int root;
    private int vertices;

    DriveTournament(Topology topology) {
        int drives = topology.drives.size();
        rank = new double[drives];
        parent = new int[2 * drives];
        left = new int[2 * drives];
        right = new int[2 * drives];
        best = new int[2 * drives];
        barred = new int[2 * drives];
        driveVertex = new int[drives];
        nodeVertex = new int[topology.drivesOfNode.length];
        zoneVertex = new int[topology.nodesOfZone.length];
        for (int drive = 0; drive < drives; drive++) {
            driveVertex[drive] = leaf(drive);
        }
        for (int node = 0; node < nodeVertex.length; node++) {
            nodeVertex[node] = joined(driveVertex, topology.drivesOfNode[node]);
        }
        for (int zone = 0; zone < zoneVertex.length; zone++) {
            zoneVertex[zone] = joined(nodeVertex, topology.nodesOfZone[zone]);
        }
        root = joined(zoneVertex, IntStream.range(0, zoneVertex.length).toArray());
        parent[root] = NONE;
    }

    private int leaf(int drive) {
        int vertex = vertices++;
        left[vertex] = NONE;
        right[vertex] = NONE;
        best[vertex] = drive;
        return vertex;
    }

    private int joined(int[] vertexOf, int[] members) {
        return joined(vertexOf, members, 0, members.length);
    }

    private int joined(int[] vertexOf, int[] members, int from, int to) {
        if (to - from == 1) {
            return vertexOf[members[from]];
        }
        int middle = (from + to) >>> 1;
        int a = joined(vertexOf, members, from, middle);
        int b = joined(vertexOf, members, middle, to);
        int vertex = vertices++;
        left[vertex] = a;
        right[vertex] = b;
        parent[a] = vertex;
        parent[b] = vertex;
        best[vertex] = better(best[a], best[b]);
        return vertex;
    }

    /** The drive of the lowest rank that is not barred, nor its node or zone; of equals the one numbered lower. */
    int best() {
        return best[root];
    }

    void rank(int drive, double value) {
        rank[drive] = value;
        // All above may hold this very drive, whose rank changed: no early end.
        for (int vertex = driveVertex[drive]; vertex != NONE; vertex = parent[vertex]) {
            best[vertex] = computed(vertex);
        }
    }

    void barDrive(int drive) {
        bar(driveVertex[drive], DRIVE);
    }

    void freeDrive(int drive) {
        free(driveVertex[drive], DRIVE);
    }

    void barNode(int node) {
        bar(nodeVertex[node], NODE);
    }

    void freeNode(int node) {
        free(nodeVertex[node], NODE);
    }

    void barZone(int zone) {
        bar(zoneVertex[zone], ZONE);
    }

    void freeZone(int zone) {
        free(zoneVertex[zone], ZONE);
    }

    private void bar(int vertex, int kind) {
        barred[vertex] |= kind;
        update(vertex);
    }

    private void free(int vertex, int kind) {
        barred[vertex] &= ~kind;
        update(vertex);
    }

    private void update(int from) {
        for (int vertex = from; vertex != NONE; vertex = parent[vertex]) {
            int now = computed(vertex);
            if (now == best[vertex]) {
                return;
            }
            best[vertex] = now;
        }
    }

    private int computed(int vertex) {
        if (barred[vertex] != 0) {
            return NONE;
        }
        // Leaves were made first, in the order of the drives.
        return left[vertex] == NONE ? vertex : better(best[left[vertex]], best[right[vertex]]);
    }

    private int better(int a, int b) {
        if (a == NONE || b == NONE) {
            return a == NONE ? b : a;
        }
        boolean isFirst = rank[a] < rank[b] || (rank[a] == rank[b] && a < b);
        return isFirst ? a : b;
    }
}
