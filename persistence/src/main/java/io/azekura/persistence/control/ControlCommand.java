package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import java.util.List;

/** What an entry of the control log says. */
public sealed interface ControlCommand {
    /** A drive that nobody knows yet joins, on a node. */
    record AddDrive(DriveId drive, String node) implements ControlCommand {
        @Override
        public String toString() {
            return "add " + drive + " on " + node;
        }
    }

    /**
     * The drive is mounted once more: a compare-and-set of its boot number (register rule 8). {@code mount} is random, so
     * that a mount which does not know what became of its entry recognises it.
     */
    record Boot(DriveId drive, long fromBoot, long mount) implements ControlCommand {}

    /** The drive never comes back under this id. */
    record Evict(DriveId drive) implements ControlCommand {}

    /** A partition begins to move. */
    record BeginMove(int partition, List<DriveId> to) implements ControlCommand {
        public BeginMove {
            to = List.copyOf(to);
        }
    }

    /**
     * The move of a partition takes its next step, from the stage that began with version {@code since}. Naming the stage
     * alone would let a command that was late take a step of a later move, for which nobody has looked.
     */
    record Advance(int partition, long since) implements ControlCommand {}

    /** The move of a partition takes a step back; from the first two stages straight to where it came from. */
    record RollBack(int partition, long since) implements ControlCommand {}

    /** Other drives hold the log from the next entry on. */
    record SetHolders(List<DriveId> holders) implements ControlCommand {
        public SetHolders {
            holders = List.copyOf(holders);
        }
    }
}
