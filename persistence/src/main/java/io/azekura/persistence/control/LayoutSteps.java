package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When the move of a partition may take its next step, or a step back (register rule 9). Pure. */
public class LayoutSteps {
    /** What is to be done about a partition now. */
    public sealed interface Next {}

    public record Propose(ControlCommand command) implements Next {}

    public record Wait(String reason) implements Next {}

    /** Nothing moves. */
    public record AtRest() implements Next {}

    /**
     * What the drives say.
     *
     * @param seen for drives that answered, the version of the control log that they durably saw
     * @param boots for drives that answered, the boot number of the mount that did; one that is missing is not compared
     * @param complete the learners that pulled everything in a sweep that began when they had durably seen the partition's
     *     present version, and after {@link #isBarrierReached} was true
     */
    public record Observed(Map<DriveId, Long> seen, Map<DriveId, Long> boots, Set<DriveId> complete) {
        public Observed {
            seen = Map.copyOf(seen);
            boots = Map.copyOf(boots);
            complete = Set.copyOf(complete);
        }

        public Observed(Map<DriveId, Long> seen, Set<DriveId> complete) {
            this(seen, Map.of(), complete);
        }
    }

    /** The next step of a partition that moves. */
    public final Next next(ControlState state, int number, Observed answers) {
        PartitionLayout partition = state.partition(number);
        Observed observed = usable(state, answers);
        if (partition.stage() == Stage.STABLE) {
            return new AtRest();
        }
        if (!isBarrierReached(partition, observed)) {
            return new Wait("too few drives have seen version " + partition.since());
        }
        if (partition.stage() == Stage.WRITE_BOTH_READ_OLD && !areLearnersComplete(partition, observed)) {
            return new Wait("a learner has not pulled everything since version " + partition.since());
        }
        return new Propose(new ControlCommand.Advance(number, partition.since()));
    }

    /** The next step back. */
    public final Next back(ControlState state, int number, Observed answers) {
        PartitionLayout partition = state.partition(number);
        Observed observed = usable(state, answers);
        if (partition.stage() == Stage.STABLE) {
            return new AtRest();
        }
        // A partition that stands where it began may still have readers of the new set out there.
        boolean mustWait = partition.stage() != Stage.FILLING && !isBarrierReached(partition, observed);
        return mustWait
                ? new Wait("too few drives have seen version " + partition.since())
                : new Propose(new ControlCommand.RollBack(number, partition.since()));
    }

    /** Without what drives said that are unknown, evicted, or were mounted anew since. */
    private static Observed usable(ControlState state, Observed answers) {
        Set<DriveId> usable = new HashSet<>(answers.seen().keySet());
        usable.addAll(answers.complete());
        usable.removeIf(drive -> !isUsable(state.drive(drive), answers.boots().get(drive)));
        Map<DriveId, Long> seen = new HashMap<>(answers.seen());
        seen.keySet().retainAll(usable);
        Set<DriveId> complete = new HashSet<>(answers.complete());
        complete.retainAll(usable);
        return new Observed(seen, answers.boots(), complete);
    }

    private static boolean isUsable(ControlState.@Nullable DriveEntry entry, @Nullable Long boot) {
        return entry != null && !entry.isEvicted() && (boot == null || boot == entry.boot());
    }

    /**
     * Whether the stage before can no longer act: majorities of the old set, and of the new one once that counts, have
     * durably seen the present stage and refuse what comes under an older one.
     */
    public boolean isBarrierReached(PartitionLayout partition, Observed observed) {
        boolean old = isMajority(partition.from(), partition.since(), observed);
        return partition.stage() == Stage.FILLING
                ? old
                : old && isMajority(partition.to(), partition.since(), observed);
    }

    protected boolean areLearnersComplete(PartitionLayout partition, Observed observed) {
        return observed.complete().containsAll(partition.learners());
    }

    private static boolean isMajority(List<DriveId> set, long version, Observed observed) {
        long have = set.stream()
                .filter(drive -> observed.seen().getOrDefault(drive, 0L) >= version)
                .count();
        return have >= set.size() / 2 + 1;
    }
}
