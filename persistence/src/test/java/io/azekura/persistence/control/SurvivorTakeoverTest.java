package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.moving;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.SurvivorTakeover.Decision;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SurvivorTakeoverTest {
    private final SurvivorTakeover takeover = new SurvivorTakeover();

    /** N = 4, W = 3: two survivors meet every majority, and are none themselves. */
    @Test
    void readQuorumOfSealedSurvivorsTakesOver() {
        PartitionLayout four = state(4, 4).partition(0);
        assertEquals(
                new SurvivorTakeover.TakeOver(drives(1, 2), drives(0, 3)),
                takeover.decide(four, off(0, 3), sealed(1, 1, 2)));
        assertRefused("on none of them", takeover.decide(four, off(0, 1, 3), sealed(1, 2)));
    }

    @Test
    void survivorsOfEveryWidthAreAReadQuorum() {
        for (int width = 1; width <= 8; width++) {
            PartitionLayout partition = state(width, width).partition(0);
            int fewest = width - (width / 2 + 1) + 1;
            for (int set = 0; set < 1 << width; set++) {
                Map<DriveId, Long> sealed = new HashMap<>();
                Set<DriveId> off = new HashSet<>(partition.from());
                for (int i = 0; i < width; i++) {
                    if ((set & 1 << i) != 0) {
                        sealed.put(drive(i), 1L);
                        off.remove(drive(i));
                    }
                }
                boolean takes = takeover.decide(partition, off, sealed) instanceof SurvivorTakeover.TakeOver;
                assertEquals(Integer.bitCount(set) >= fewest, takes);
            }
        }
    }

    /** In a set of four two others may be alive behind a broken network, and suffice for a read of the past. */
    @Test
    void everyOtherDriveMustBeSaidToBeOff() {
        PartitionLayout four = state(4, 4).partition(0);
        assertRefused("neither sealed nor said to be off", takeover.decide(four, off(0), sealed(1, 1, 2)));
        Quorum quorum = four.quorum();
        assertTrue(quorum.isRead(0b1001) && !quorum.isWrite(0b1001));
    }

    @Test
    void driveThatAnswersIsNotOff() {
        assertRefused(
                "is said to be off and answers", takeover.decide(state(3, 3).partition(0), off(0, 1), sealed(1, 1, 2)));
    }

    @Test
    void survivorThatWasSealedInAnEarlierStageIsNoSurvivor() {
        PartitionLayout filling = moving(Stage.FILLING).partition(0);
        assertRefused("neither sealed", takeover.decide(filling, off(2, 3), sealed(1, 0, 1)));
        assertInstanceOf(SurvivorTakeover.TakeOver.class, takeover.decide(filling, off(2, 3), sealed(2, 0, 1)));
    }

    @Test
    void learnersDoNotCountAndNeedNoWord() {
        PartitionLayout filling = moving(Stage.FILLING).partition(0);
        assertRefused("on none of them", takeover.decide(filling, off(0, 1), sealed(2, 2, 3)));
        assertEquals(
                new SurvivorTakeover.TakeOver(drives(1, 2), drives(0)),
                takeover.decide(filling, off(0), sealed(2, 1, 2)));
    }

    /** From drives 0, 1, 2 to 0, 1, 3: while the old set is read it has everything, afterwards the new one does. */
    @Test
    void survivorsOfAMoveAreThoseOfTheSetThatIsRead() {
        PartitionLayout readOld = moving(Stage.WRITE_BOTH_READ_OLD).partition(0);
        PartitionLayout readNew = moving(Stage.WRITE_BOTH_READ_NEW).partition(0);
        assertRefused("on none", takeover.decide(readOld, off(1, 2), sealed(3, 0, 3)));
        assertInstanceOf(SurvivorTakeover.TakeOver.class, takeover.decide(readNew, off(1, 2), sealed(4, 0, 3)));
        assertInstanceOf(SurvivorTakeover.TakeOver.class, takeover.decide(readOld, off(1, 3), sealed(3, 0, 2)));
        assertRefused("on none", takeover.decide(readNew, off(1, 3), sealed(4, 0, 2)));
        assertRefused("neither sealed", takeover.decide(readNew, off(1), sealed(4, 0, 3)));
    }

    private static Set<DriveId> off(int... numbers) {
        return Set.copyOf(drives(numbers));
    }

    private static Map<DriveId, Long> sealed(long version, int... numbers) {
        Map<DriveId, Long> sealed = new HashMap<>();
        List<DriveId> drives = Arrays.stream(numbers).mapToObj(Drives::drive).toList();
        drives.forEach(drive -> sealed.put(drive, version));
        return sealed;
    }

    private static void assertRefused(String reason, Decision decision) {
        String found =
                assertInstanceOf(SurvivorTakeover.Refused.class, decision).reason();
        assertTrue(found.contains(reason), found);
    }
}
