package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Spare places for the shards of drives that are away: other drives of the same stripe set, at most two shards to a
 * drive. From two parity shards on that is always enough. With as many drives away as writes bear, min(m, ⌈N/2⌉ − 1),
 * the remaining ones hold all N shards two to a drive, and the loss of any one of them takes two, leaving at least k.
 * With one parity shard no place helps. Places outside the stripe set would not count anyhow (register rule 3).
 */
public final class Displacement {
    /** Most shards of one body on one drive, so that a displaced shard costs at most one loss more. */
    public static final int SHARDS_PER_DRIVE_MAX = 2;

    /** What a shard without a place has instead of a position. */
    public static final int NOWHERE = -1;

    private Displacement() {}

    /** A shard that is not at its home, the position with its own number, and could be. */
    public record WayHome(int shard, int from) {}

    /**
     * For each shard the position that is to hold it: its home if that is live, else a live position with room.
     *
     * @param live bit i is set when the drive at position i takes part
     */
    public static List<Integer> places(int shards, int live) {
        Check.argument(shards >= 1 && shards <= StripeSet.DRIVES_MAX, "a body of " + shards + " shards");
        int[] load = new int[shards];
        List<Integer> places = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            boolean isHome = (live & (1 << shard)) != 0;
            places.add(isHome ? shard : NOWHERE);
            load[shard] = isHome ? 1 : SHARDS_PER_DRIVE_MAX;
        }
        for (int shard = 0; shard < shards; shard++) {
            if (places.get(shard) == NOWHERE) {
                int host = leastLoaded(load);
                if (load[host] < SHARDS_PER_DRIVE_MAX) {
                    places.set(shard, host);
                    load[host]++;
                }
            }
        }
        return places;
    }

    /** The shards that can go home now, because the drive there is live, and where they are; nowhere is a place too. */
    public static List<WayHome> waysHome(List<Integer> holders, int live) {
        List<WayHome> ways = new ArrayList<>();
        for (int shard = 0; shard < holders.size(); shard++) {
            if (holders.get(shard) != shard && (live & (1 << shard)) != 0) {
                ways.add(new WayHome(shard, holders.get(shard)));
            }
        }
        return ways;
    }

    private static int leastLoaded(int[] load) {
        int least = 0;
        for (int position = 1; position < load.length; position++) {
            if (load[position] < load[least]) {
                least = position;
            }
        }
        return least;
    }
}
