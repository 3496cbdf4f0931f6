package io.azekura.persistence.register;

import io.azekura.persistence.register.Content.Sharded;
import java.util.Collections;

/** Register rule 3: when what some drives have durable is enough to acknowledge a write. */
public final class Durability {
    private Durability() {}

    /**
     * Whether a write is acknowledged by what remains: at least W home rows are durable, and without any one drive at
     * least k shards remain; in both sets while a partition moves. A stripe set without parity promises no lost drive, so
     * there all k shards are enough.
     *
     * @param replicas bit i is set when replica i accepted the row
     */
    public static boolean suffices(Quorum quorum, Content content, int replicas) {
        return isHeld(quorum, content, replicas, true);
    }

    /** Whether the drives that accepted the row are a majority and have enough shards to read it, with none to spare. */
    public static boolean isReadable(Quorum quorum, Content content, int replicas) {
        return isHeld(quorum, content, replicas, false);
    }

    private static boolean isHeld(Quorum quorum, Content content, int replicas, boolean withoutAnyOne) {
        if (!quorum.isWrite(replicas)) {
            return false;
        }
        if (!(content instanceof Sharded sharded)) {
            return true;
        }
        for (int group : quorum.writing()) {
            if (!isHeld(quorum, sharded, replicas & group, withoutAnyOne)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHeld(Quorum quorum, Sharded sharded, int replicas, boolean withoutAnyOne) {
        int total = 0;
        int most = 0;
        for (int replica = 0; replica < quorum.replicas(); replica++) {
            if ((replicas & (1 << replica)) != 0) {
                int own =
                        Collections.frequency(sharded.holders(), quorum.roles().get(replica));
                total += own;
                most = Math.max(most, own);
            }
        }
        int lossesBorne = withoutAnyOne && sharded.parityShards() > 0 ? most : 0;
        return total - lossesBorne >= sharded.dataShards();
    }
}
