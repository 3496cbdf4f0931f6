package io.azekura.persistence.control;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Where one partition lies. Positions are roles that stay: a move replaces the drive at a position, and rows, which name
 * the holders of shards by position, stay as they are.
 *
 * @param since the version of the control log at which it became so: the version that requests carry
 * @param begun the version at which its last move began, 0 before the first: tells one move from another
 * @param from the stripe set that the partition lies on, by position
 * @param to where it moves; equal to {@code from} when {@link Stage#STABLE}
 */
public record PartitionLayout(Stage stage, long since, long begun, List<DriveId> from, List<DriveId> to) {
    public PartitionLayout {
        from = List.copyOf(from);
        to = List.copyOf(to);
        Check.argument(new HashSet<>(from).size() == from.size(), "a drive twice in one stripe set");
        Check.argument(new HashSet<>(to).size() == to.size(), "a drive twice in one stripe set");
        Check.argument(to.size() >= from.size(), "a stripe set that becomes narrower");
        Check.argument(stage != Stage.STABLE || from.equals(to), "a stable partition that moves");
    }

    /** All drives that get writes: the old set, then those that the new one adds. */
    public List<DriveId> replicas() {
        List<DriveId> all = new ArrayList<>(from);
        for (DriveId drive : to) {
            if (!all.contains(drive)) {
                all.add(drive);
            }
        }
        return all;
    }

    /** The drives that are in the new set only. */
    public List<DriveId> learners() {
        List<DriveId> added = new ArrayList<>(to);
        added.removeAll(from);
        return added;
    }

    /** The drives that are in a group that writes need: all replicas but the learners of a set that is filled. */
    public List<DriveId> counted() {
        return stage == Stage.FILLING ? from : replicas();
    }

    /**
     * Who must answer. Gateways of two consecutive stages may act at once, so these must hold for each two of them, and
     * do, because majorities of one set meet each other and meet N − W + 1 of it:
     *
     * <ul>
     *   <li>Any two writes meet: STABLE(old), FILLING and both joint stages all need a majority of the old set; the joint
     *       stages and STABLE(new) all need one of the new set.
     *   <li>A read meets every write of its own stage and of both its neighbours: up to WRITE_BOTH_READ_OLD the old set is
     *       read, and what is written up to WRITE_BOTH_READ_NEW has a majority of it. From WRITE_BOTH_READ_NEW on the new
     *       set is read, and what is written from WRITE_BOTH_READ_OLD on has a majority of that.
     * </ul>
     *
     * <p>What was written before WRITE_BOTH_READ_OLD need not have a majority of the new set, and stages that are two apart
     * need not meet. Both are what {@link LayoutSteps} waits for. Once the learners have pulled everything, a state
     * that a majority of the old set has is on a majority of the new one as well: at least W − r of the drives that stay
     * have it, where r are replaced, and so do all r + a learners, where a are appended; W of N drives and a more are a
     * majority of N + a.
     */
    public Quorum quorum() {
        List<DriveId> replicas = replicas();
        List<Integer> roles = new ArrayList<>(replicas.size());
        int old = 0;
        int next = 0;
        for (int replica = 0; replica < replicas.size(); replica++) {
            DriveId drive = replicas.get(replica);
            boolean isOld = from.contains(drive);
            roles.add(isOld ? from.indexOf(drive) : to.indexOf(drive));
            old |= isOld ? 1 << replica : 0;
            next |= to.contains(drive) ? 1 << replica : 0;
        }
        return switch (stage) {
            case STABLE, FILLING -> new Quorum(roles, List.of(old), old);
            case WRITE_BOTH_READ_OLD -> new Quorum(roles, List.of(old, next), old);
            case WRITE_BOTH_READ_NEW -> new Quorum(roles, List.of(old, next), next);
        };
    }
}
