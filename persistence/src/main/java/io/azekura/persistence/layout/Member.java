package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;

/**
 * A drive as the assignment of partitions sees it: what fails together with it, and what it can bear.
 *
 * @param node the machine it is in; nodes of the same name in different zones are different ones
 * @param zone what fails as a whole: a rack, a room
 */
public record Member(DriveId drive, String node, String zone, long capacityBytes) {
    public Member {
        Check.argument(capacityBytes > 0, "a drive of " + capacityBytes + " bytes");
    }
}
