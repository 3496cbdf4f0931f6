package io.azekura.persistence.simulation;

import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/** Moves of a partition and mounts of a drive, step by step. Each tells whether a promise is broken. */
final class PlantedMoves {
    private static final List<DriveId> ALL =
            LongStream.range(0, 5).mapToObj(i -> new DriveId(new UUID(9, i))).toList();
    private static final List<DriveId> OLD = ALL.subList(0, 4);
    private static final List<DriveId> NEW = List.of(ALL.get(0), ALL.get(1), ALL.get(2), ALL.get(4));

    private PlantedMoves() {}

    private static List<PartitionLayout> stages() {
        return List.of(
                new PartitionLayout(Stage.STABLE, 1, 1, OLD, OLD),
                new PartitionLayout(Stage.FILLING, 2, 2, OLD, NEW),
                new PartitionLayout(Stage.WRITE_BOTH_READ_OLD, 3, 2, OLD, NEW),
                new PartitionLayout(Stage.WRITE_BOTH_READ_NEW, 4, 2, OLD, NEW),
                new PartitionLayout(Stage.STABLE, 5, 5, NEW, NEW));
    }

    /** Whether a write of one stage can be missed by a reader of the same stage or of one next to it. */
    static boolean isWriteMissed(Variant variant) {
        List<PartitionLayout> stages = stages();
        for (int at = 0; at < stages.size(); at++) {
            for (int next = Math.max(0, at - 1); next <= Math.min(at + 1, stages.size() - 1); next++) {
                if (isMissed(variant, stages.get(at), stages.get(next))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isMissed(Variant variant, PartitionLayout written, PartitionLayout read) {
        Quorum writing = variant.quorum(written);
        Quorum reading = variant.quorum(read);
        for (int set = 0; set < 1 << ALL.size(); set++) {
            int others = ~set & ((1 << ALL.size()) - 1);
            if (writing.isWrite(in(written, set)) && reading.isRead(in(read, others))) {
                return true;
            }
        }
        return false;
    }

    /** The set of drives as replicas of the layout. */
    private static int in(PartitionLayout layout, int drives) {
        int set = 0;
        List<DriveId> replicas = layout.replicas();
        for (int replica = 0; replica < replicas.size(); replica++) {
            set |= (drives >> ALL.indexOf(replicas.get(replica)) & 1) << replica;
        }
        return set;
    }

    private static ControlState filling() {
        Map<DriveId, String> nodes = new HashMap<>();
        ALL.forEach(drive -> nodes.put(drive, "node"));
        ControlState state = ControlState.genesis(OLD, nodes, List.of(OLD));
        var command = new io.azekura.persistence.control.ControlCommand.BeginMove(0, NEW);
        return state.apply(command) instanceof ControlState.Done done ? done.state() : state;
    }

    static boolean isStepTakenUnseen(Variant variant) {
        LayoutSteps.Observed nothing = new LayoutSteps.Observed(Map.of(), Set.of());
        return variant.layoutSteps().next(filling(), 0, nothing) instanceof LayoutSteps.Propose;
    }

    static boolean isStepTakenIncomplete(Variant variant) {
        Map<DriveId, Long> seen = new HashMap<>();
        ALL.forEach(drive -> seen.put(drive, 1000L));
        LayoutSteps.Observed barely = new LayoutSteps.Observed(seen, Set.of());
        ControlState state = filling();
        LayoutSteps steps = variant.layoutSteps();
        int taken = 0;
        while (taken < 2 && steps.next(state, 0, barely) instanceof LayoutSteps.Propose propose) {
            state = state.apply(propose.command()) instanceof ControlState.Done done ? done.state() : state;
            taken++;
        }
        return taken == 2;
    }

    static boolean isOldImageMounted(Variant variant) {
        List<DriveIdentity.HighWater> peers = new ArrayList<>();
        peers.add(new DriveIdentity.HighWater(0, 9));
        DriveIdentity.Found found = new DriveIdentity.Found(ALL.get(0), 0, 0, 5);
        return variant.driveIdentity().judge(found, filling(), peers) instanceof DriveIdentity.Mount;
    }
}
