package io.azekura.persistence.mount;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.layout.Layout;
import java.util.UUID;

/**
 * Who a drive is: what a directory must say before a byte in it is believed.
 *
 * @param slot place of the drive in the layout; that of the drive which was lost for a replacement
 * @param boots how often it was mounted (register rule 8); 0 means formatted and never used, so it holds no data
 * @param createdMicros when it was formatted, in microseconds since the epoch
 * @param layout the newest layout that the drive has seen
 */
public record DriveSuperblock(
        UUID clusterId, DriveId driveId, int slot, long boots, long createdMicros, Role role, Layout layout) {
    /** Number is the persistent form: never reused. */
    public enum Role {
        /** One of the drives of the layout. */
        MEMBER(1),
        /**
         * Empty in the place of a lost drive, under an id of its own that no layout names yet: what it does not have
         * proves nothing, so it answers "unknown" until it is complete.
         */
        REPLACEMENT(2);

        private final int number;

        Role(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    public DriveSuperblock {
        Check.argument(slot >= 0 && slot < layout.drives().size(), "slot " + slot + " of " + layout);
        Check.argument(boots >= 0, "negative boot counter");
        Check.argument(
                role == Role.REPLACEMENT || layout.drives().get(slot).equals(driveId), "a member in another's slot");
    }

    public boolean isMember() {
        return role == Role.MEMBER;
    }

    DriveSuperblock booted() {
        return new DriveSuperblock(clusterId, driveId, slot, boots + 1, createdMicros, role, layout);
    }
}
