package io.azekura.persistence.control;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.persistence.drive.DriveId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Drives by number, and states made of them. */
final class Drives {
    private Drives() {}

    static DriveId drive(int number) {
        return new DriveId(new UUID(0xD0, number));
    }

    static List<DriveId> drives(int... numbers) {
        return Arrays.stream(numbers).mapToObj(Drives::drive).toList();
    }

    /** Drives 0 to known − 1, two to a node, and one partition on 0 to stripe − 1, which are the holders as well. */
    static ControlState state(int known, int stripe) {
        Map<DriveId, String> nodes = new HashMap<>();
        for (int i = 0; i < known; i++) {
            nodes.put(drive(i), "node-" + i / 2);
        }
        List<DriveId> set = nodes.keySet().stream()
                .sorted((a, b) -> a.value().compareTo(b.value()))
                .limit(stripe)
                .toList();
        return ControlState.genesis(set.subList(0, Math.min(stripe, ControlState.HOLDERS_MAX)), nodes, List.of(set));
    }

    static ControlState after(ControlState state, ControlCommand... commands) {
        ControlState now = state;
        for (ControlCommand command : commands) {
            now = assertInstanceOf(ControlState.Done.class, now.apply(command)).state();
        }
        return now;
    }

    static String refusal(ControlState state, ControlCommand command) {
        return assertInstanceOf(ControlState.NotAllowed.class, state.apply(command))
                .reason();
    }

    /** A state whose partition 0 moves from drives 0, 1, 2 to 0, 1, 3 and is at the stage. */
    static ControlState moving(Stage stage) {
        ControlState now = after(state(5, 3), new ControlCommand.BeginMove(0, drives(0, 1, 3)));
        while (now.partition(0).stage() != stage) {
            now = after(now, new ControlCommand.Advance(0, now.partition(0).since()));
        }
        return now;
    }
}
