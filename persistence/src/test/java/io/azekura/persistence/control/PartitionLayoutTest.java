package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.drives;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PartitionLayoutTest {
    @Test
    void groupsFollowTheStage() {
        List<DriveId> old = drives(7, 8, 9);
        List<DriveId> next = drives(7, 5, 9, 6);
        List<Integer> roles = List.of(0, 1, 2, 1, 3);
        int oldBits = 0b00111;
        int newBits = 0b11101;
        assertEquals(new Quorum(3), layout(Stage.STABLE, old, old).quorum());
        assertEquals(
                new Quorum(roles, List.of(oldBits), oldBits),
                layout(Stage.FILLING, old, next).quorum());
        assertEquals(
                new Quorum(roles, List.of(oldBits, newBits), oldBits),
                layout(Stage.WRITE_BOTH_READ_OLD, old, next).quorum());
        assertEquals(
                new Quorum(roles, List.of(oldBits, newBits), newBits),
                layout(Stage.WRITE_BOTH_READ_NEW, old, next).quorum());
        assertEquals(drives(7, 8, 9, 5, 6), layout(Stage.FILLING, old, next).replicas());
        assertEquals(drives(5, 6), layout(Stage.FILLING, old, next).learners());
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> layout(Stage.STABLE, drives(1), drives(2)));
        assertThrows(IllegalArgumentException.class, () -> layout(Stage.FILLING, drives(1, 1), drives(2, 3)));
        assertThrows(IllegalArgumentException.class, () -> layout(Stage.FILLING, drives(1, 2), drives(3, 3)));
        assertThrows(IllegalArgumentException.class, () -> layout(Stage.FILLING, drives(1, 2), drives(1)));
    }

    /** Any two writes of the same or of consecutive stages meet, and every read meets every such write. */
    @Property(tries = 300)
    void consecutiveStagesMeet(
            @ForAll @IntRange(min = 1, max = 7) int width,
            @ForAll @IntRange(max = 127) int replaced,
            @ForAll @IntRange(max = 2) int appended) {
        List<PartitionLayout> stages = stages(width, replaced, appended);
        for (int at = 0; at < stages.size(); at++) {
            for (int other = Math.max(0, at - 1); other <= Math.min(stages.size() - 1, at + 1); other++) {
                PartitionLayout one = stages.get(at);
                PartitionLayout two = stages.get(other);
                assertTrue(meet(one, one.quorum()::isWrite, two, two.quorum()::isWrite), () -> one + " / " + two);
                assertTrue(meet(one, one.quorum()::isRead, two, two.quorum()::isWrite), () -> one + " / " + two);
            }
        }
    }

    @Test
    void stagesTwoApartNeedNotMeet() {
        List<PartitionLayout> stages = stages(3, 0b111, 0);
        PartitionLayout filling = stages.get(1);
        PartitionLayout readNew = stages.get(3);
        assertFalse(meet(readNew, readNew.quorum()::isRead, filling, filling.quorum()::isWrite));
    }

    private static List<PartitionLayout> stages(int width, int replaced, int appended) {
        List<DriveId> old = new ArrayList<>();
        List<DriveId> next = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            old.add(Drives.drive(i));
            next.add(Drives.drive((replaced & (1 << i)) != 0 ? 10 + i : i));
        }
        for (int i = 0; i < appended; i++) {
            next.add(Drives.drive(20 + i));
        }
        return List.of(
                layout(Stage.STABLE, old, old),
                layout(Stage.FILLING, old, next),
                layout(Stage.WRITE_BOTH_READ_OLD, old, next),
                layout(Stage.WRITE_BOTH_READ_NEW, old, next),
                layout(Stage.STABLE, next, next));
    }

    /** Whether no set that satisfies the first leaves a set that satisfies the other: more drives never satisfy less. */
    private static boolean meet(PartitionLayout one, IntPredicate first, PartitionLayout two, IntPredicate other) {
        List<DriveId> all = one.replicas();
        int everybody = (1 << all.size()) - 1;
        for (int set = 0; set <= everybody; set++) {
            if (first.test(set) && other.test(rest(all, set, two.replicas()))) {
                return false;
            }
        }
        return true;
    }

    /** The others' replicas that are not in the set. */
    private static int rest(List<DriveId> all, int set, List<DriveId> others) {
        int rest = 0;
        for (int i = 0; i < others.size(); i++) {
            int at = all.indexOf(others.get(i));
            if (at < 0 || (set & (1 << at)) == 0) {
                rest |= 1 << i;
            }
        }
        return rest;
    }

    private static PartitionLayout layout(Stage stage, List<DriveId> from, List<DriveId> to) {
        return new PartitionLayout(stage, 2, 2, from, to);
    }
}
