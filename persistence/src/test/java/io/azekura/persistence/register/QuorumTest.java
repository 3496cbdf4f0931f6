package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuorumTest {
    private static final int OLD = 0b0001111;
    private static final int NEW = 0b0111001;

    /** Four drives of which two are replaced; replica 6 is in neither group. */
    private static final Quorum JOINT = new Quorum(List.of(0, 1, 2, 3, 1, 2, 3), List.of(OLD, NEW), NEW);

    @Test
    void aWriteNeedsMajoritiesOfBothGroupsAndAReadMeetsThem() {
        for (int set = 0; set < 128; set++) {
            int old = Integer.bitCount(set & OLD);
            int next = Integer.bitCount(set & NEW);
            assertEquals(old >= 3 && next >= 3, JOINT.isWrite(set));
            assertEquals(next >= 2, JOINT.isRead(set));
            assertEquals(next >= 3, JOINT.isReadMajority(set));
        }
    }

    @Test
    void aLearnerGetsWritesAndCountsNowhere() {
        int learner = 1 << 6;
        assertEquals(0b1111111, JOINT.everybody());
        for (int set = 0; set < 64; set++) {
            assertEquals(JOINT.isWrite(set), JOINT.isWrite(set | learner));
            assertEquals(JOINT.isRead(set), JOINT.isRead(set | learner));
        }
    }

    @Test
    void readsAndWritesOfEveryWidthMeet() {
        for (int drives = 1; drives <= 12; drives++) {
            Quorum quorum = new Quorum(drives);
            for (int set = 0; set <= quorum.everybody(); set++) {
                int rest = quorum.everybody() & ~set;
                assertFalse(quorum.isWrite(set) && quorum.isWrite(rest));
                assertEquals(quorum.isWrite(set), !quorum.isRead(rest));
            }
        }
    }

    @Test
    void thirtyTwoReplicasAreTheMost() {
        Quorum widest = new Quorum(32);
        assertEquals(-1, widest.everybody());
        assertTrue(widest.isWrite(-1 >>> 15));
        assertFalse(widest.isWrite(-1 >>> 16));
        assertTrue(widest.isRead(-1 >>> 16));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(33));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(0));
    }

    @Test
    void groupsAreOneOrTwoOfReplicasThatExistAndReadsAskOne() {
        List<Integer> roles = List.of(0, 1);
        assertThrows(IllegalArgumentException.class, () -> new Quorum(roles, List.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(roles, List.of(1, 2, 3), 1));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(roles, List.of(0), 0));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(roles, List.of(4), 4));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(roles, List.of(1, 3), 2));
    }
}
