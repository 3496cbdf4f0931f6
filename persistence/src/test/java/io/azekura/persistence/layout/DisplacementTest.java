package io.azekura.persistence.layout;

import static io.azekura.persistence.layout.Displacement.NOWHERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.layout.Displacement.WayHome;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DisplacementTest {
    private static final int SHARDS_MAX = 16;

    /** Every k and m with N up to 16, every set of drives away that writes bear, every one more that is lost. */
    @Test
    void withTwoParityShardsAnyOneMoreDriveMayBeLost() {
        for (int shards = 1; shards <= SHARDS_MAX; shards++) {
            for (int live = 1; live < 1 << shards; live++) {
                int away = shards - Integer.bitCount(live);
                if (away > (shards + 1) / 2 - 1) {
                    continue;
                }
                int left = leftWithoutAnyOne(Displacement.places(shards, live), live);
                for (int parity = Math.max(2, away); parity < shards; parity++) {
                    if (left < shards - parity) {
                        throw new AssertionError(shards + " shards, live " + Integer.toBinaryString(live) + ", parity "
                                + parity + ": " + left + " left");
                    }
                }
            }
        }
    }

    /** Also checks that each shard lies on a live drive, and at home if that is one. */
    private static int leftWithoutAnyOne(List<Integer> places, int live) {
        int[] load = new int[places.size()];
        int most = 0;
        for (int shard = 0; shard < places.size(); shard++) {
            int place = places.get(shard);
            boolean isHomeLive = (live & (1 << shard)) != 0;
            if (place == NOWHERE || (live & (1 << place)) == 0 || (isHomeLive && place != shard)) {
                throw new AssertionError("shard " + shard + " of " + places + " with " + Integer.toBinaryString(live));
            }
            most = Math.max(most, ++load[place]);
        }
        return places.size() - most;
    }

    @Test
    void oneParityShardBearsNoDriveAwayAndAnotherLost() {
        assertEquals(1, leftWithoutAnyOne(Displacement.places(3, 0b110), 0b110));
    }

    @Test
    void noDriveTakesMoreThanTwoShards() {
        assertEquals(List.of(0, 0, NOWHERE, NOWHERE), Displacement.places(4, 0b0001));
        assertEquals(List.of(NOWHERE, NOWHERE), Displacement.places(2, 0));
    }

    @Test
    void displacedShardsGoHomeWhenTheDriveThereIsBack() {
        for (int live = 0; live < 64; live++) {
            List<Integer> places = Displacement.places(6, live);
            assertEquals(List.of(), Displacement.waysHome(places, live));
            int missing = ~live & 0b111111;
            assertEquals(
                    IntStream.range(0, 6)
                            .filter(shard -> (missing & (1 << shard)) != 0)
                            .mapToObj(shard -> new WayHome(shard, places.get(shard)))
                            .toList(),
                    Displacement.waysHome(places, 0b111111));
        }
    }

    @Test
    void onlyTheShardsOfDrivesThatAreBackGoHome() {
        List<Integer> places = Displacement.places(6, 0b001111);
        List<WayHome> ways = Displacement.waysHome(places, 0b011111);
        assertEquals(List.of(new WayHome(4, places.get(4))), ways);
        assertTrue(places.get(4) != 4);
    }
}
