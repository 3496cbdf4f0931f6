package io.azekura.persistence.layout;

import io.azekura.persistence.drive.DriveId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Made-up clusters whose drives have fixed ids, so that every run sees the same ones. */
final class Clusters {
    static final long TB = 1_000_000_000_000L;

    private Clusters() {}

    /** Equal drives, so many to a node, the nodes dealt out to the zones in turn. */
    static List<Member> even(int drives, int drivesPerNode, int zones) {
        List<Member> members = new ArrayList<>(drives);
        for (int i = 0; i < drives; i++) {
            int node = i / drivesPerNode;
            members.add(member(i, node, node % zones, 16 * TB));
        }
        return members;
    }

    /** Zones, nodes and drives of any sizes, but drawn from one seed. */
    static List<Member> random(long seed, int drives) {
        Random random = new Random(seed);
        int zones = 1 + random.nextInt(6);
        int nodes = 1 + random.nextInt(drives);
        List<Member> members = new ArrayList<>(drives);
        for (int i = 0; i < drives; i++) {
            int node = random.nextInt(nodes);
            long capacity = (1L + random.nextInt(4)) * 4 * TB;
            members.add(member(i, node, node % zones, capacity));
        }
        return members;
    }

    static Member member(int drive, int node, int zone, long capacity) {
        UUID id = new UUID(Mixing.mixed(2L * drive), Mixing.mixed(2L * drive + 1));
        return new Member(new DriveId(id), "node-" + node, "zone-" + zone, capacity);
    }
}
