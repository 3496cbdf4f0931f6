package io.azekura.actors.object;

import io.azekura.persistence.Check;
import java.util.List;

/**
 * The drives that keep a register, in order: {@code drives} are indices of the node's drives; the place in this list is
 * the drive's position, of which rows speak. Without displacement position i holds shard i.
 */
public record StripeSet(List<Integer> drives, int dataShards, int parityShards) {
    public StripeSet {
        drives = List.copyOf(drives);
        Check.argument(drives.size() == dataShards + parityShards, "a stripe set has one drive per shard");
        Check.argument(dataShards >= 1 && drives.size() <= 32, "a stripe set has 1 to 32 drives");
    }

    /** N. */
    public int size() {
        return drives.size();
    }

    /** W: more than half of the drives. */
    public int majority() {
        return size() / 2 + 1;
    }

    /** N − W + 1: the fewest drives that meet every majority. */
    public int readQuorum() {
        return size() - majority() + 1;
    }
}
