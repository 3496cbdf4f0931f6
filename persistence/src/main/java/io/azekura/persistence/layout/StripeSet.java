package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import java.util.List;

/**
 * The drives that keep one partition, in order: {@code drives} are positions in the layout; the place in this list is
 * the drive's position in the set, of which rows speak. Without displacement, place i holds shard i.
 */
public record StripeSet(List<Integer> drives, int dataShards, int parityShards) {
    /** Widest stripe set. */
    public static final int DRIVES_MAX = 32;

    public StripeSet {
        drives = List.copyOf(drives);
        Check.argument(dataShards >= 1 && parityShards >= 0, "a stripe set has data");
        Check.argument(drives.size() == dataShards + parityShards, "a stripe set has one drive for each shard");
        Check.argument(drives.size() <= DRIVES_MAX, "a stripe set of more than " + DRIVES_MAX + " drives");
    }

    /** N. */
    public int size() {
        return drives.size();
    }

    /** W: more than half of the drives. */
    public int majority() {
        return majority(size());
    }

    /** N − W + 1: the fewest drives that meet every majority. */
    public int readQuorum() {
        return size() - majority() + 1;
    }

    static int majority(int size) {
        return size / 2 + 1;
    }
}
