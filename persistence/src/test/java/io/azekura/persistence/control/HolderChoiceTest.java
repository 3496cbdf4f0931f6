package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.moving;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.drive.DriveId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolderChoiceTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "4, 3", "5, 5", "6, 5", "8, 7", "9, 9", "10, 9", "12, 9"})
    void holdersAreAsManyAsHelp(int members, int holders) {
        assertEquals(holders, HolderChoice.choose(state(members, members)).size());
    }

    /** Two drives to a node: of 12 drives on 6 nodes every node has one, and three have two. */
    @Test
    void holdersSpreadOverNodes() {
        ControlState state = state(12, 12);
        Map<String, Integer> perNode = new HashMap<>();
        for (DriveId drive : HolderChoice.choose(state)) {
            ControlState.DriveEntry entry = state.drive(drive);
            perNode.merge(entry == null ? "" : entry.node(), 1, Integer::sum);
        }
        assertEquals(6, perNode.size());
        assertTrue(perNode.values().stream().allMatch(count -> count <= 2), perNode.toString());
    }

    @Test
    void choiceThatWasMadeStays() {
        ControlState state = state(12, 12);
        ControlState chosen = after(state, new SetHolders(HolderChoice.choose(state)));
        assertEquals(chosen.holders(), HolderChoice.choose(chosen));
    }

    @Test
    void evictedDrivesAndLearnersHoldNothing() {
        List<DriveId> chosen = HolderChoice.choose(after(state(6, 6), new Evict(drive(0))));
        assertFalse(chosen.contains(drive(0)));
        assertEquals(5, chosen.size());
        assertEquals(drives(0, 2, 1), HolderChoice.choose(moving(Stage.FILLING)));
    }

    @Test
    void onlyWhatIsChosenIsAllowed() {
        for (int members = 1; members <= 12; members++) {
            ControlState state = state(members, members);
            after(state, new SetHolders(HolderChoice.choose(state)));
        }
    }
}
