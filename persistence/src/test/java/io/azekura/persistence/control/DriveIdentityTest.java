package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.genesis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.persistence.control.DriveIdentity.Found;
import io.azekura.persistence.control.DriveIdentity.HighWater;
import io.azekura.persistence.control.DriveIdentity.Mount;
import io.azekura.persistence.control.DriveIdentity.NewDrive;
import io.azekura.persistence.control.DriveIdentity.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriveIdentityTest {
    private static final ControlState STATE = after(
            genesis(),
            new ControlCommand.Boot(drive(1), 0, 70),
            new ControlCommand.Boot(drive(1), 1, 71),
            new ControlCommand.Evict(drive(2)));

    @Test
    void theLastMountGoesOn() {
        assertEquals(new Mount(2), judge(new Found(drive(1), 2, 71, 10)));
    }

    @Test
    void aMountThatWasNotedAndNeverEnteredGoesOn() {
        assertEquals(new Mount(2), judge(new Found(drive(1), 3, 99, 10)));
    }

    @Test
    void aDriveThatNobodyKnowsStartsAtZero() {
        assertEquals(new Mount(0), judge(new Found(drive(9), 0, 0, 0)));
    }

    @Test
    void aDriveThatWasNeverMountedNeedsNoName() {
        assertEquals(new Mount(0), judge(new Found(drive(3), 0, 5, 0)));
    }

    @Test
    void anOlderImageIsAnotherDrive() {
        assertInstanceOf(NewDrive.class, judge(new Found(drive(1), 1, 70, 10)));
    }

    @Test
    void aCloneThatWasMountedElsewhereIsAnotherDrive() {
        assertInstanceOf(NewDrive.class, judge(new Found(drive(1), 2, 72, 10)));
    }

    @Test
    void aDiskTooFarAheadIsAnotherDrive() {
        assertInstanceOf(NewDrive.class, judge(new Found(drive(1), 4, 71, 10)));
    }

    @Test
    void anEvictedDriveIsAnotherDrive() {
        assertInstanceOf(NewDrive.class, judge(new Found(drive(2), 0, 0, 0)));
    }

    @Test
    void whatPeersSawOfADriveMustBeThere() {
        Found found = new Found(drive(1), 2, 71, 10);
        assertEquals(new Mount(2), judge(found, new HighWater(2, 10), new HighWater(1, 3)));
        assertInstanceOf(NewDrive.class, judge(found, new HighWater(1, 3), new HighWater(2, 11)));
        assertInstanceOf(NewDrive.class, judge(found, new HighWater(3, 1)));
        assertInstanceOf(NewDrive.class, judge(new Found(drive(9), 0, 0, 0), new HighWater(0, 1)));
    }

    private static Verdict judge(Found found, HighWater... peers) {
        return new DriveIdentity().judge(found, STATE, List.of(peers));
    }
}
