package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Drives with numbers, and the first state of a small store. */
final class Drives {
    private Drives() {}

    static DriveId drive(int number) {
        return new DriveId(new UUID(0x0102030405060708L, number));
    }

    static List<DriveId> drives(int... numbers) {
        return IntStream.of(numbers).mapToObj(Drives::drive).toList();
    }

    /** Members 0 to 5, held by 0 to 2; partition 0 on 0 to 3, partition 1 on 2 to 5. */
    static ControlState genesis() {
        Map<DriveId, String> nodes = new LinkedHashMap<>();
        for (int i = 0; i < 6; i++) {
            nodes.put(drive(i), "node-" + i);
        }
        return ControlState.genesis(drives(0, 1, 2), nodes, List.of(drives(0, 1, 2, 3), drives(2, 3, 4, 5)));
    }

    /** What the commands make of the state; each must be allowed. */
    static ControlState after(ControlState state, ControlCommand... commands) {
        ControlState next = state;
        for (ControlCommand command : commands) {
            if (!(next.apply(command) instanceof ControlState.Done done)) {
                throw new AssertionError(command + " is " + next.apply(command));
            }
            next = done.state();
        }
        return next;
    }
}
