package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.Evict;
import io.azekura.persistence.control.DriveIdentity.Found;
import io.azekura.persistence.control.DriveIdentity.HighWater;
import io.azekura.persistence.control.DriveIdentity.Peers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriveIdentityTest {
    private final DriveIdentity identity = new DriveIdentity();
    private final ControlState mountedTwice = after(state(4, 3), new Boot(drive(0), 0, 70), new Boot(drive(0), 1, 71));

    @Test
    void driveThatIsAsItWasLeftIsMounted() {
        assertMounts(2, identity.judge(new Found(drive(0), 2, 71, 500), mountedTwice, peers(new HighWater(2, 500))));
        assertMounts(2, identity.judge(new Found(drive(0), 2, 71, 900), mountedTwice, peers(new HighWater(1, 300))));
    }

    @Test
    void firstMountNeedsNoEarlierOne() {
        assertMounts(0, identity.judge(new Found(drive(0), 0, 0, 0), state(4, 3), peers()));
        assertMounts(0, identity.judge(new Found(drive(9), 0, 0, 0), state(4, 3), peers()));
    }

    /** It wrote the next number on its disk, and was stopped before the control log had it. */
    @Test
    void mountThatNeverGotIntoTheControlLogIsTriedAgain() {
        assertMounts(2, identity.judge(new Found(drive(0), 3, 72, 500), mountedTwice, peers(new HighWater(2, 500))));
    }

    @Test
    void restoredBackupIsANewDrive() {
        assertNew("the disk 1", identity.judge(new Found(drive(0), 1, 70, 300), mountedTwice, peers()));
    }

    /** The same boot, but records that peers had answers from are gone: a sync that lied. */
    @Test
    void driveThatLostTheEndOfItsLogIsANewDrive() {
        assertNew(
                "peers have seen more",
                identity.judge(new Found(drive(0), 2, 71, 499), mountedTwice, peers(new HighWater(2, 500))));
        assertNew(
                "peers have seen more",
                identity.judge(new Found(drive(0), 2, 71, 900), mountedTwice, peers(new HighWater(3, 500))));
    }

    @Test
    void ofTwoClonesTheSecondToMountIsANewDrive() {
        Found clone = new Found(drive(0), 2, 71, 500);
        assertMounts(2, identity.judge(clone, mountedTwice, peers()));
        ControlState mounted = after(mountedTwice, new Boot(drive(0), 2, 72));
        assertNew("the disk 2", identity.judge(clone, mounted, peers()));
        // It noted the number under a name of its own before the other one's entry came first.
        assertNew("the disk 3", identity.judge(new Found(drive(0), 3, 73, 500), mounted, peers()));
        assertMounts(3, identity.judge(new Found(drive(0), 3, 72, 500), mounted, peers()));
    }

    @Test
    void evictedDriveIsANewDrive() {
        ControlState evicted = after(mountedTwice, new Evict(drive(0)));
        assertNew("evicted", identity.judge(new Found(drive(0), 2, 71, 500), evicted, peers()));
    }

    @Test
    void silenceOfTooFewPeersMeansNothing() {
        Found found = new Found(drive(0), 2, 71, 500);
        assertInstanceOf(DriveIdentity.Wait.class, identity.judge(found, mountedTwice, new Peers(List.of(), 1, 2)));
        assertMounts(2, identity.judge(found, mountedTwice, new Peers(List.of(), 2, 2)));
    }

    @Test
    void onePeerThatSawMoreIsEnough() {
        Peers one = new Peers(List.of(new HighWater(2, 501)), 1, 3);
        assertNew("peers have seen more", identity.judge(new Found(drive(0), 2, 71, 500), mountedTwice, one));
    }

    private static Peers peers(HighWater... marks) {
        return new Peers(Arrays.asList(marks), 3, 2);
    }

    private static void assertMounts(long from, DriveIdentity.Verdict verdict) {
        assertEquals(new DriveIdentity.Mount(from), verdict);
    }

    private static void assertNew(String reason, DriveIdentity.Verdict verdict) {
        String found = assertInstanceOf(DriveIdentity.NewDrive.class, verdict).reason();
        assertTrue(found.contains(reason), found);
    }
}
