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

    /** Drives 0 to 3 hold 2+2; position 1 moves to replica 4, which has the shard of that position too. */
    @Test
    void whileAPartitionMovesBothSetsMustBearTheLoss() {
        Content content = sharded(2, 2, List.of(0, 1, 2, 3));
        Quorum joint = new Quorum(List.of(0, 1, 2, 3, 1), List.of(0b01111, 0b11101), 0b01111);
        for (int replicas = 0; replicas < 32; replicas++) {
            boolean both = Integer.bitCount(replicas & 0b01111) >= 3 && Integer.bitCount(replicas & 0b11101) >= 3;
            assertEquals(both, Durability.suffices(joint, content, replicas));
            assertEquals(both, Durability.isReadable(joint, content, replicas));
        }
    }

    @Test
    void aDisplacedShardCountsInBothSetsWhereItsRoleIs() {
        Content onOne = sharded(2, 2, List.of(0, 1, 2, 1));
        Quorum joint = new Quorum(List.of(0, 1, 2, 3, 1), List.of(0b01111, 0b11101), 0b01111);
        assertTrue(Durability.suffices(joint, onOne, 0b10111));
        Content nowhere = sharded(2, 2, List.of(0, -1, 2, -1));
        assertFalse(Durability.suffices(joint, nowhere, 0b11111));
        assertTrue(Durability.isReadable(joint, nowhere, 0b11111));
    }

    @Test
    void aLearnersRowDoesNotCount() {
        Quorum filling = new Quorum(List.of(0, 1, 2, 3, 1), List.of(0b01111), 0b01111);
        Content content = sharded(2, 2, List.of(0, 1, 2, 3));
        assertFalse(Durability.suffices(filling, content, 0b10011));
        assertTrue(Durability.suffices(filling, content, 0b00111));
    }

    private static Content sharded(int k, int m, List<Integer> holders) {
        return new Content.Sharded(new DataId(1, 2), 1000, k, m, 256, holders);
    }
}
