package io.azekura.actors.object;

import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content.Sharded;
import io.azekura.persistence.register.Durability;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which position of a stripe set is to hold which shard of one write, and whether what is held is enough to acknowledge
 * it (register rule 3). Positions are sets of bits: a drive is live as long as it has done all that was asked of it.
 * Safe for several threads once nothing is displaced any more.
 */
final class ShardPlan {
    /** Most shards of one body on one drive, so that a displaced shard costs at most one loss more. */
    private static final int SHARDS_PER_DRIVE_MAX = 2;

    private final DataId id;
    private final StripeGeometry geometry;
    private final StripeSet set;
    private final int[] positions;

    /** At first every shard is at home. */
    ShardPlan(DataId id, StripeGeometry geometry, StripeSet set) {
        this.id = id;
        this.geometry = geometry;
        this.set = set;
        this.positions = new int[set.size()];
        Arrays.setAll(positions, shard -> shard);
    }

    List<Integer> shardsOf(int position) {
        List<Integer> shards = new ArrayList<>(SHARDS_PER_DRIVE_MAX);
        for (int shard = 0; shard < positions.length; shard++) {
            if (positions[shard] == position) {
                shards.add(shard);
            }
        }
        return shards;
    }

    /**
     * Moves the shards of drives that are not live to live ones, as far as there is room for them, and returns the
     * positions that got one.
     */
    BitSet displace(BitSet live) {
        BitSet moved = new BitSet();
        for (int shard = 0; shard < positions.length; shard++) {
            if (!live.get(positions[shard])) {
                int host = hostAmong(live);
                if (host < 0) {
                    break;
                }
                positions[shard] = host;
                moved.set(host);
            }
        }
        return moved;
    }

    private int hostAmong(BitSet live) {
        return live.stream()
                .filter(position -> shardsOf(position).size() < SHARDS_PER_DRIVE_MAX)
                .findFirst()
                .orElse(-1);
    }

    /** The content of the row if exactly these drives have what the plan gives them. */
    Sharded content(BitSet live) {
        List<Integer> holders = new ArrayList<>(positions.length);
        for (int position : positions) {
            holders.add(live.get(position) ? position : -1);
        }
        return new Sharded(id, geometry.length(), set.dataShards(), set.parityShards(), geometry.unitBytes(), holders);
    }

    /** Whether a write that these drives took part in can be acknowledged. */
    boolean suffices(BitSet live) {
        int mask = live.stream().map(position -> 1 << position).reduce(0, (a, b) -> a | b);
        return Durability.suffices(new Quorum(set.size()), content(live), mask);
    }
}
