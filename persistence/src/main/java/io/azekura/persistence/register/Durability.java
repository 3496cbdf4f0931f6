package io.azekura.persistence.register;

import io.azekura.persistence.register.Content.Sharded;

/** Register rule 3: when what some drives have durable is enough to acknowledge a write. */
public final class Durability {
    private Durability() {}

    /**
     * Whether a write is acknowledged by what remains: at least W home rows are durable, and without any one drive at
     * least k shards remain. A stripe set without parity promises no lost drive, so there all k shards are enough.
     *
     * @param drives bit i is set when the drive at position i of the stripe set accepted the row
     */
    public static boolean suffices(Quorum quorum, Content content, int drives) {
        return isHeld(quorum, content, drives, true);
    }

    /** Whether the drives that accepted the row are a majority and have enough shards to read it, with none to spare. */
    public static boolean isReadable(Quorum quorum, Content content, int drives) {
        return isHeld(quorum, content, drives, false);
    }

    private static boolean isHeld(Quorum quorum, Content content, int drives, boolean withoutAnyOne) {
        if (Integer.bitCount(drives) < quorum.write()) {
            return false;
        }
        if (!(content instanceof Sharded sharded)) {
            return true;
        }
        int[] shardsOn = new int[quorum.drives()];
        int total = 0;
        int most = 0;
        for (int holder : sharded.holders()) {
            if (holder >= 0 && holder < shardsOn.length && (drives & (1 << holder)) != 0) {
                total++;
                most = Math.max(most, ++shardsOn[holder]);
            }
        }
        int lossesBorne = withoutAnyOne && sharded.parityShards() > 0 ? most : 0;
        return total - lossesBorne >= sharded.dataShards();
    }
}
