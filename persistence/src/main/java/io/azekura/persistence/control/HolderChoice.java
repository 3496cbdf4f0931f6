package io.azekura.persistence.control;

import io.azekura.persistence.control.ControlState.Standing;
import io.azekura.persistence.drive.DriveId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which drives should hold the control log: as many nodes as possible, and no more drives than help. Pure. */
public final class HolderChoice {
    private HolderChoice() {}

    /**
     * The holders that a state should have. Of members only, unless there are none; one after the other from the node that
     * has fewest so far, a present holder first, then by node and id: so equal states give equal choices, and a choice
     * that was made stays until something better can be had.
     */
    public static List<DriveId> choose(ControlState state) {
        List<DriveId> candidates = with(state, Standing.MEMBER);
        if (candidates.isEmpty()) {
            candidates = with(state, Standing.LEARNER);
        }
        int wanted = size(candidates.size());
        Map<String, Integer> chosenOn = new HashMap<>();
        List<DriveId> chosen = new ArrayList<>(wanted);
        while (chosen.size() < wanted) {
            DriveId best = candidates.stream()
                    .filter(drive -> !chosen.contains(drive))
                    .min(Comparator.comparing((DriveId drive) -> chosenOn.getOrDefault(node(state, drive), 0))
                            .thenComparing(drive -> !state.holders().contains(drive))
                            .thenComparing(drive -> node(state, drive))
                            .thenComparing(DriveId::value))
                    .orElseThrow();
            chosen.add(best);
            chosenOn.merge(node(state, best), 1, Integer::sum);
        }
        return chosen;
    }

    /** An even number outlives no more losses than the odd one below it; two drives at least keep a copy. */
    private static int size(int candidates) {
        int most = Math.min(candidates, ControlState.HOLDERS_MAX);
        return most <= 2 || most % 2 == 1 ? most : most - 1;
    }

    private static List<DriveId> with(ControlState state, Standing standing) {
        return state.drives().keySet().stream()
                .filter(drive -> state.standing(drive) == standing)
                .toList();
    }

    private static String node(ControlState state, DriveId drive) {
        ControlState.DriveEntry entry = state.drive(drive);
        return entry == null ? "" : entry.node();
    }
}
