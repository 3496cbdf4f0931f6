package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.model.DataId;
import java.util.List;
import org.junit.jupiter.api.Test;

class DurabilityTest {
    private static final Quorum SIX = new Quorum(6);

    @Test
    void everyDriveSetOfFourPlusTwoIsJudgedByWhatRemainsWithoutAnyOne() {
        Content content = sharded(4, 2, List.of(0, 1, 2, 3, 4, 5));
        for (int drives = 0; drives < 64; drives++) {
            assertEquals(Integer.bitCount(drives) >= 5, Durability.suffices(SIX, content, drives));
            assertEquals(Integer.bitCount(drives) >= 4, Durability.isReadable(SIX, content, drives));
        }
    }

    @Test
    void displacedShardsCountOnTheDriveThatHasThem() {
        Content doubled = sharded(4, 2, List.of(0, 1, 2, 3, 0, 1));
        assertTrue(Durability.suffices(SIX, doubled, 0b001111));
        Content crowded = sharded(4, 2, List.of(0, 1, 2, 0, 0, 1));
        assertFalse(Durability.suffices(SIX, crowded, 0b001111));
    }

    @Test
    void shardsThatNobodyHasDoNotCount() {
        Content content = sharded(4, 2, List.of(0, 1, 2, 3, -1, -1));
        assertFalse(Durability.suffices(SIX, content, 0b111111));
        assertTrue(Durability.isReadable(SIX, content, 0b111111));
    }

    @Test
    void smallBodiesNeedOnlyTheMajorityOfRows() {
        Content whole = new Content.Whole(new DataId(1, 1), 10);
        assertTrue(Durability.suffices(SIX, whole, 0b111100));
        assertFalse(Durability.suffices(SIX, whole, 0b111000));
    }

    @Test
    void aSingleDriveWithoutParityPromisesNoLostDrive() {
        assertTrue(Durability.suffices(new Quorum(1), sharded(1, 0, List.of(0)), 1));
    }

    private static Content sharded(int k, int m, List<Integer> holders) {
        return new Content.Sharded(new DataId(1, 2), 1000, k, m, 256, holders);
    }
}
