package io.azekura.persistence.control;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of the control log add up to. Immutable. Whoever applies the same entries has the same state, so a
 * copy of it at some version is as good as the entries up to there.
 *
 * @param version the number of the last entry
 * @param holders the drives that hold the next entry, at most {@link #HOLDERS_MAX}
 */
public record ControlState(
        long version, List<DriveId> holders, Map<DriveId, DriveEntry> drives, List<PartitionLayout> partitions) {
    public static final int HOLDERS_MAX = 9;

    private static final Comparator<DriveId> ORDER = Comparator.comparing(DriveId::value);

    public ControlState {
        holders = List.copyOf(holders);
        drives = Map.copyOf(drives);
        partitions = List.copyOf(partitions);
        Check.argument(!holders.isEmpty() && holders.size() <= HOLDERS_MAX, "1 to 9 holders");
        Check.argument(areDistinct(holders), "a holder twice");
    }

    /** What a drive is to the store. */
    public enum Standing {
        /** It counts in the quorums of some partition. */
        MEMBER,
        /** It was added and counts nowhere yet: it may get writes, and learns (register rule 9). */
        LEARNER,
        /** Its id never comes back (register rule 8). */
        EVICTED
    }

    /**
     * A drive that was ever added.
     *
     * @param boot how often it was mounted
     * @param mount names the last mount
     */
    public record DriveEntry(String node, long boot, long mount, boolean isEvicted) {}

    /** What a command made, or why it is not allowed now. */
    public sealed interface Outcome {}

    public record Done(ControlState state) implements Outcome {}

    public record NotAllowed(String reason) implements Outcome {}

    /** The first state: every partition stable where it is. */
    public static ControlState genesis(
            List<DriveId> holders, Map<DriveId, String> nodes, List<List<DriveId>> stripeSets) {
        Map<DriveId, DriveEntry> drives = new TreeMap<>(ORDER);
        nodes.forEach((drive, node) -> drives.put(drive, new DriveEntry(node, 0, 0, false)));
        List<PartitionLayout> partitions = new ArrayList<>();
        stripeSets.forEach(set -> partitions.add(new PartitionLayout(Stage.STABLE, 1, 0, set, set)));
        return new ControlState(1, holders, drives, partitions);
    }

    public PartitionLayout partition(int number) {
        return partitions.get(number);
    }

    public @Nullable DriveEntry drive(DriveId id) {
        return drives.get(id);
    }

    /** Whether the drive is known and has not been evicted. */
    public boolean isMember(DriveId id) {
        DriveEntry entry = drives.get(id);
        return entry != null && !entry.isEvicted();
    }

    /** What the drive is, or null for one that was never added. */
    public @Nullable Standing standing(DriveId id) {
        DriveEntry entry = drives.get(id);
        if (entry == null) {
            return null;
        }
        if (entry.isEvicted()) {
            return Standing.EVICTED;
        }
        boolean counts =
                partitions.stream().anyMatch(partition -> partition.counted().contains(id));
        return counts ? Standing.MEMBER : Standing.LEARNER;
    }

    /** Who must answer for the partition: replicas are numbered as in {@link #replicas}. */
    public Quorum quorum(int partition) {
        return partitions.get(partition).quorum();
    }

    /** The drives that get every write of the partition. */
    public List<DriveId> replicas(int partition) {
        return partitions.get(partition).replicas();
    }

    /** Applies the next entry. */
    public Outcome apply(ControlCommand command) {
        if (command instanceof ControlCommand.AddDrive add) {
            return drives.containsKey(add.drive())
                    ? new NotAllowed("drive " + add.drive() + " is known")
                    : withDrive(add.drive(), new DriveEntry(add.node(), 0, 0, false));
        }
        if (command instanceof ControlCommand.Boot boot) {
            return boot(boot);
        }
        if (command instanceof ControlCommand.Evict evict) {
            DriveEntry entry = drives.get(evict.drive());
            return entry == null || entry.isEvicted()
                    ? new NotAllowed("drive " + evict.drive() + " is no member")
                    : withDrive(evict.drive(), new DriveEntry(entry.node(), entry.boot(), entry.mount(), true));
        }
        if (command instanceof ControlCommand.BeginMove begin) {
            return beginMove(begin);
        }
        if (command instanceof ControlCommand.Advance advance) {
            return step(advance.partition(), advance.since(), ControlState::advanced);
        }
        if (command instanceof ControlCommand.RollBack back) {
            return step(back.partition(), back.since(), ControlState::rolledBack);
        }
        ControlCommand.SetHolders set = (ControlCommand.SetHolders) command;
        return setHolders(set.holders());
    }

    private Outcome setHolders(List<DriveId> next) {
        if (next.isEmpty() || next.size() > HOLDERS_MAX) {
            return new NotAllowed(next.size() + " holders, not 1 to " + HOLDERS_MAX);
        }
        if (!areDistinct(next)) {
            return new NotAllowed("a holder twice, which would count twice");
        }
        return next.stream().allMatch(this::isMember)
                ? new Done(new ControlState(version + 1, next, drives, partitions))
                : new NotAllowed("holders that are no members");
    }

    private Outcome boot(ControlCommand.Boot boot) {
        DriveEntry entry = drives.get(boot.drive());
        if (entry == null || entry.isEvicted()) {
            return new NotAllowed("drive " + boot.drive() + " is no member");
        }
        return entry.boot() != boot.fromBoot()
                ? new NotAllowed("drive " + boot.drive() + " has boot " + entry.boot() + ", not " + boot.fromBoot())
                : withDrive(boot.drive(), new DriveEntry(entry.node(), entry.boot() + 1, boot.mount(), false));
    }

    private Outcome beginMove(ControlCommand.BeginMove begin) {
        if (begin.partition() < 0 || begin.partition() >= partitions.size()) {
            return new NotAllowed("no partition " + begin.partition());
        }
        PartitionLayout now = partitions.get(begin.partition());
        String obstacle = obstacle(now, begin.to());
        return obstacle == null
                ? withPartition(
                        begin.partition(),
                        new PartitionLayout(Stage.FILLING, version + 1, version + 1, now.from(), begin.to()))
                : new NotAllowed("partition " + begin.partition() + " cannot move there now: " + obstacle);
    }

    /** Why a partition cannot move to such a set, or null. */
    private @Nullable String obstacle(PartitionLayout now, List<DriveId> to) {
        if (now.stage() != Stage.STABLE) {
            return "it is " + now.stage();
        }
        if (to.equals(now.from())) {
            return "it is there";
        }
        if (to.size() < now.from().size()) {
            return "rows name positions that a narrower set does not have";
        }
        if (!areDistinct(to)) {
            return "a drive twice in the set";
        }
        if (!to.stream().allMatch(this::isMember)) {
            return "a drive that is unknown or evicted";
        }
        if (!keepsRoles(now.from(), to)) {
            return "a drive that stays at another position";
        }
        long added = to.stream().filter(drive -> !now.from().contains(drive)).count();
        return now.from().size() + added > Quorum.REPLICAS_MAX ? "too many replicas at once" : null;
    }

    private static boolean areDistinct(List<DriveId> drives) {
        return new HashSet<>(drives).size() == drives.size();
    }

    /** A drive that stays keeps its position: rows name holders by position. */
    private static boolean keepsRoles(List<DriveId> from, List<DriveId> to) {
        for (int position = 0; position < to.size(); position++) {
            int before = from.indexOf(to.get(position));
            if (before >= 0 && before != position) {
                return false;
            }
        }
        return true;
    }

    private Outcome step(int number, long since, UnaryOperator<PartitionLayout> next) {
        if (number < 0 || number >= partitions.size()) {
            return new NotAllowed("no partition " + number);
        }
        PartitionLayout now = partitions.get(number);
        if (now.since() != since || now.stage() == Stage.STABLE) {
            return new NotAllowed("partition " + number + " is " + now.stage() + " since " + now.since());
        }
        PartitionLayout after = next.apply(now);
        return withPartition(
                number, new PartitionLayout(after.stage(), version + 1, now.begun(), after.from(), after.to()));
    }

    private static PartitionLayout advanced(PartitionLayout now) {
        return switch (now.stage()) {
            case FILLING -> at(Stage.WRITE_BOTH_READ_OLD, now);
            case WRITE_BOTH_READ_OLD -> at(Stage.WRITE_BOTH_READ_NEW, now);
            default -> new PartitionLayout(Stage.STABLE, now.since(), now.begun(), now.to(), now.to());
        };
    }

    private static PartitionLayout rolledBack(PartitionLayout now) {
        return now.stage() == Stage.WRITE_BOTH_READ_NEW
                ? at(Stage.WRITE_BOTH_READ_OLD, now)
                : new PartitionLayout(Stage.STABLE, now.since(), now.begun(), now.from(), now.from());
    }

    private static PartitionLayout at(Stage stage, PartitionLayout now) {
        return new PartitionLayout(stage, now.since(), now.begun(), now.from(), now.to());
    }

    private Done withDrive(DriveId id, DriveEntry entry) {
        Map<DriveId, DriveEntry> next = new TreeMap<>(ORDER);
        next.putAll(drives);
        next.put(id, entry);
        return new Done(new ControlState(version + 1, holders, next, partitions));
    }

    private Done withPartition(int number, PartitionLayout layout) {
        List<PartitionLayout> next = new ArrayList<>(partitions);
        next.set(number, layout);
        return new Done(new ControlState(version + 1, holders, drives, next));
    }
}
