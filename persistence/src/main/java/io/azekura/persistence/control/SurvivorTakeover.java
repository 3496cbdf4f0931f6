package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether the drives that are left may go on without a quorum (register rule 9). A sealed drive durably refuses every
 * request; N − W + 1 of them meet every majority, so nothing was chosen that none of them has, and nothing can be chosen
 * any more without them: the highest state on any of them is taken. But N − W + 1 of the <em>others</em> may be alive
 * behind a broken network, and would go on answering reads of the past; hence the operator's word for each drive that is
 * not sealed. Pure.
 */
public class SurvivorTakeover {
    public sealed interface Decision {}

    /** The survivors suffice; {@code lost} are to be evicted before any of them is heard again. */
    public record TakeOver(List<DriveId> survivors, List<DriveId> lost) implements Decision {
        public TakeOver {
            survivors = List.copyOf(survivors);
            lost = List.copyOf(lost);
        }
    }

    public record Refused(String reason) implements Decision {}

    /**
     * Decides for one partition.
     *
     * @param declaredOff the drives that the operator says are off and stay off
     * @param sealed for each drive that is sealed, the version of the control log that it had durably seen then
     */
    public final Decision decide(PartitionLayout partition, Set<DriveId> declaredOff, Map<DriveId, Long> sealed) {
        List<DriveId> survivors = new ArrayList<>();
        List<DriveId> lost = new ArrayList<>();
        int set = 0;
        List<DriveId> replicas = partition.replicas();
        for (int replica = 0; replica < replicas.size(); replica++) {
            DriveId drive = replicas.get(replica);
            Long seen = sealed.get(drive);
            if (seen != null && declaredOff.contains(drive)) {
                return new Refused("drive " + drive + " is said to be off and answers");
            }
            if (seen != null && seen >= partition.since()) {
                survivors.add(drive);
                set |= 1 << replica;
            } else if (declaredOff.contains(drive)) {
                lost.add(drive);
            } else if (partition.counted().contains(drive)) {
                return new Refused("drive " + drive + " is neither sealed nor said to be off");
            }
        }
        return isEnough(partition.quorum(), set)
                ? new TakeOver(survivors, lost)
                : new Refused(
                        "only " + survivors.size() + " survivors are sealed: a chosen state may be on none of them");
    }

    /** Whether the survivors meet every majority of the group that has everything. */
    protected boolean isEnough(Quorum quorum, int survivors) {
        return quorum.isRead(survivors);
    }
}
