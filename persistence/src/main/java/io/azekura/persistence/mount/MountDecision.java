package io.azekura.persistence.mount;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.layout.ErasureShape;
import io.azekura.persistence.layout.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides from what was found in the listed directories what to do with each, without touching any.
 *
 * <ul>
 *   <li>All of them empty or missing: a new store, formatted in listed order. A first start that was cut short is told
 *       by drives that were never used, and is finished.
 *   <li>Some hold drives: cluster and layout come from those. An empty directory then replaces a lost drive, under a
 *       new id; a missing one is a drive that is offline. Neither is ever a reason to format the others.
 *   <li>What is not a drive of this store, or cannot be told to be one, is refused with a reason and a remedy, and the
 *       rest goes on, if it is enough to read every settled write: else nothing is mounted at all.
 * </ul>
 */
final class MountDecision {
    private final List<DirectoryFinding> findings;
    private final @Nullable ErasureShape shape;
    private final Supplier<UUID> ids;
    private final long nowMicros;

    /**
     * @param findings one for each listed directory, in listed order
     * @param shape of a new store; null for what suits the number of drives
     * @param ids gives ids that were never given before
     */
    MountDecision(List<DirectoryFinding> findings, @Nullable ErasureShape shape, Supplier<UUID> ids, long nowMicros) {
        this.findings = List.copyOf(findings);
        this.shape = shape;
        this.ids = ids;
        this.nowMicros = nowMicros;
    }

    /**
     * @throws MountRefusedException if the directories do not make a store
     */
    MountPlan decide() throws MountRefusedException {
        List<DirectoryFinding.Drive> drives = drives();
        if (drives.isEmpty()) {
            return formatAll();
        }
        UUID cluster = cluster(drives);
        drives.removeIf(drive -> !drive.superblock().clusterId().equals(cluster));
        boolean isUnused = isUnusedStore(drives);
        Layout layout = isUnused ? drives.get(0).superblock().layout() : layout(drives);
        if (findings.size() != layout.drives().size()) {
            throw refused("the store has " + layout.drives().size() + " drives, but " + findings.size()
                    + " directories are listed: list each drive once");
        }
        return isUnused ? formatRest(cluster, layout, drives) : mount(cluster, layout, drives);
    }

    private List<DirectoryFinding.Drive> drives() {
        List<DirectoryFinding.Drive> drives = new ArrayList<>();
        for (DirectoryFinding finding : findings) {
            if (finding instanceof DirectoryFinding.Drive drive) {
                drives.add(drive);
            }
        }
        return drives;
    }

    private MountPlan formatAll() throws MountRefusedException {
        if (findings.isEmpty()) {
            throw refused("no directories are listed");
        }
        if (!findings.stream().allMatch(MountDecision::isFree)) {
            throw refused("none of the listed directories holds a drive, and not all of them are empty");
        }
        ErasureShape chosen = shape == null ? ErasureShape.forDrives(findings.size()) : shape;
        if (chosen.drives() > findings.size()) {
            throw refused("erasure coding " + chosen + " needs " + chosen.drives() + " drives, but " + findings.size()
                    + " directories are listed");
        }
        List<DriveId> drives =
                findings.stream().map(finding -> new DriveId(ids.get())).toList();
        return format(ids.get(), new Layout(Layout.FIRST_VERSION, drives, chosen), Set.of());
    }

    /** Nobody has used a drive of this store yet, so those that are missing cannot hold anything. */
    private boolean isUnusedStore(List<DirectoryFinding.Drive> drives) {
        Set<DriveId> distinct = new HashSet<>();
        boolean allUnused = drives.stream()
                .allMatch(drive -> drive.superblock().boots() == 0
                        && drive.superblock().isMember()
                        && distinct.add(drive.superblock().driveId()));
        long free = findings.stream().filter(MountDecision::isFree).count();
        return allUnused && free > 0 && free + drives.size() == findings.size();
    }

    private MountPlan formatRest(UUID cluster, Layout layout, List<DirectoryFinding.Drive> drives) {
        Set<Integer> taken =
                drives.stream().map(drive -> drive.superblock().slot()).collect(Collectors.toSet());
        return format(cluster, layout, taken);
    }

    private MountPlan format(UUID cluster, Layout layout, Set<Integer> taken) {
        List<MountPlan.Write> writes = new ArrayList<>();
        assignedSlots(layout, taken, MountDecision::isFree).forEach((path, slot) -> {
            DriveId drive = layout.drives().get(slot);
            writes.add(new MountPlan.Write(
                    path,
                    new DriveSuperblock(cluster, drive, slot, 0, nowMicros, DriveSuperblock.Role.MEMBER, layout)));
        });
        return new MountPlan.Format(writes);
    }

    /** The cluster of most drives: those of another are in the wrong place. */
    private UUID cluster(List<DirectoryFinding.Drive> drives) throws MountRefusedException {
        Map<UUID, Long> count = drives.stream()
                .collect(Collectors.groupingBy(drive -> drive.superblock().clusterId(), Collectors.counting()));
        long most = count.values().stream().mapToLong(Long::longValue).max().orElse(0);
        List<UUID> candidates = count.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey)
                .toList();
        if (candidates.size() > 1) {
            throw refused("the listed directories hold equally many drives of clusters " + candidates
                    + ": list the drives of one cluster");
        }
        return candidates.get(0);
    }

    /**
     * The newest layout that enough of its drives have seen. A newer one that fewer have seen was never in force, since
     * each step of a change waits for a majority (register rule 9).
     */
    private Layout layout(List<DirectoryFinding.Drive> drives) throws MountRefusedException {
        List<Layout> newestFirst = drives.stream()
                .map(drive -> drive.superblock().layout())
                .distinct()
                .sorted(Comparator.comparingLong(Layout::version).reversed())
                .toList();
        for (int i = 0; i < newestFirst.size(); i++) {
            Layout layout = newestFirst.get(i);
            if (i > 0 && layout.version() == newestFirst.get(i - 1).version()) {
                throw refused("the drives hold two different layouts of version " + layout.version());
            }
            long seen = drives.stream()
                    .filter(drive -> drive.superblock().isMember()
                            && drive.superblock().layout().version() >= layout.version())
                    .count();
            if (seen >= layout.drivesToRead()) {
                return layout;
            }
        }
        Layout newest = newestFirst.get(0);
        throw tooFew(
                newest,
                drives.stream().filter(drive -> drive.superblock().isMember()).count(),
                Map.of());
    }

    private MountPlan mount(UUID cluster, Layout layout, List<DirectoryFinding.Drive> drives)
            throws MountRefusedException {
        Map<Path, DirectoryMount> result = new HashMap<>();
        Set<Integer> taken = new HashSet<>();
        refuseClones(drives, result);
        for (DirectoryFinding.Drive drive : drives) {
            if (drive.superblock().isMember() && !result.containsKey(drive.path())) {
                result.put(drive.path(), member(drive, layout, taken));
            }
        }
        if (taken.size() < layout.drivesToRead()) {
            throw tooFew(layout, taken.size(), result);
        }
        for (DirectoryFinding.Drive drive : drives) {
            if (!result.containsKey(drive.path())) {
                result.put(drive.path(), replacement(drive, layout, taken));
            }
        }
        assignedSlots(layout, taken, finding -> finding instanceof DirectoryFinding.Empty)
                .forEach((path, slot) -> result.put(path, newReplacement(path, cluster, layout, slot)));
        List<DirectoryMount> directories = findings.stream()
                .map(finding -> result.getOrDefault(finding.path(), other(finding, cluster)))
                .toList();
        return new MountPlan.Mount(cluster, layout, directories);
    }

    /** Of two directories with one drive, the one that was mounted more often is the drive. */
    private static void refuseClones(List<DirectoryFinding.Drive> drives, Map<Path, DirectoryMount> result) {
        for (DirectoryFinding.Drive drive : drives) {
            for (DirectoryFinding.Drive twin : drives) {
                boolean isTwin = !drive.path().equals(twin.path())
                        && drive.superblock().driveId().equals(twin.superblock().driveId());
                long ahead = drive.superblock().boots() - twin.superblock().boots();
                if (isTwin && ahead <= 0) {
                    String reason = "holds drive " + drive.superblock().driveId() + ", as does " + twin.path();
                    String remedy =
                            ahead < 0 ? "empty this older copy" : "it cannot be told which is the copy; empty that one";
                    result.put(drive.path(), new DirectoryMount.Refused(drive.path(), reason, remedy));
                }
            }
        }
    }

    private static DirectoryMount member(DirectoryFinding.Drive drive, Layout layout, Set<Integer> taken) {
        DriveSuperblock superblock = drive.superblock();
        int slot = layout.drives().indexOf(superblock.driveId());
        if (slot < 0) {
            return new DirectoryMount.Refused(
                    drive.path(),
                    "holds drive " + superblock.driveId() + ", which is not in " + layout,
                    "empty it to use it for a new drive");
        }
        taken.add(slot);
        return mounted(drive.path(), superblock, slot, layout);
    }

    private static DirectoryMount replacement(DirectoryFinding.Drive drive, Layout layout, Set<Integer> taken) {
        int slot = drive.superblock().slot();
        if (slot >= layout.drives().size() || !taken.add(slot)) {
            return new DirectoryMount.Refused(
                    drive.path(),
                    "holds a replacement for slot " + slot + ", where another drive is",
                    "empty it to use it for a new drive");
        }
        return mounted(drive.path(), drive.superblock(), slot, layout);
    }

    private static DirectoryMount mounted(Path path, DriveSuperblock found, int slot, Layout layout) {
        DriveSuperblock placed = new DriveSuperblock(
                found.clusterId(), found.driveId(), slot, found.boots(), found.createdMicros(), found.role(), layout);
        return new DirectoryMount.Mounted(path, placed.booted());
    }

    private DirectoryMount newReplacement(Path path, UUID cluster, Layout layout, int slot) {
        DriveSuperblock superblock = new DriveSuperblock(
                cluster, new DriveId(ids.get()), slot, 0, nowMicros, DriveSuperblock.Role.REPLACEMENT, layout);
        return new DirectoryMount.Mounted(path, superblock.booted());
    }

    private static DirectoryMount other(DirectoryFinding finding, UUID cluster) {
        if (finding instanceof DirectoryFinding.Unusable unusable) {
            return new DirectoryMount.Refused(unusable.path(), unusable.reason(), unusable.remedy());
        }
        if (finding instanceof DirectoryFinding.Drive drive) {
            return new DirectoryMount.Refused(
                    drive.path(),
                    "belongs to cluster " + drive.superblock().clusterId() + ", not to " + cluster,
                    "list it with its own cluster, or empty it to give it to this one");
        }
        if (finding instanceof DirectoryFinding.Empty empty) {
            return new DirectoryMount.Refused(empty.path(), "is empty, but no drive is lost", "list each drive once");
        }
        return new DirectoryMount.Absent(finding.path());
    }

    /** A free slot for each of the chosen directories: its own place in the list if that is free, else the first. */
    private Map<Path, Integer> assignedSlots(Layout layout, Set<Integer> taken, Predicate<DirectoryFinding> chosen) {
        Set<Integer> free = new TreeSet<>();
        for (int slot = 0; slot < layout.drives().size(); slot++) {
            if (!taken.contains(slot)) {
                free.add(slot);
            }
        }
        Map<Path, Integer> assigned = new LinkedHashMap<>();
        for (int place = 0; place < findings.size(); place++) {
            if (chosen.test(findings.get(place)) && free.remove(place)) {
                assigned.put(findings.get(place).path(), place);
            }
        }
        for (DirectoryFinding finding : findings) {
            if (chosen.test(finding) && !assigned.containsKey(finding.path()) && !free.isEmpty()) {
                int slot = free.iterator().next();
                free.remove(slot);
                assigned.put(finding.path(), slot);
            }
        }
        return assigned;
    }

    private static boolean isFree(DirectoryFinding finding) {
        return finding instanceof DirectoryFinding.Empty || finding instanceof DirectoryFinding.Missing;
    }

    private MountRefusedException tooFew(Layout layout, long found, Map<Path, DirectoryMount> decided) {
        String reason = "only " + found + " of " + layout.drives().size() + " drives hold data, and "
                + layout.drivesToRead() + " are needed; are the others mounted?";
        List<String> details = new ArrayList<>();
        for (DirectoryFinding finding : findings) {
            DirectoryMount mount = decided.get(finding.path());
            details.add(mount instanceof DirectoryMount.Refused refused ? refused.toString() : described(finding));
        }
        return new MountRefusedException(reason, details);
    }

    private MountRefusedException refused(String reason) {
        return new MountRefusedException(
                reason, findings.stream().map(MountDecision::described).toList());
    }

    private static String described(DirectoryFinding finding) {
        if (finding instanceof DirectoryFinding.Unusable unusable) {
            return unusable.path() + " " + unusable.reason() + ": " + unusable.remedy();
        }
        if (finding instanceof DirectoryFinding.Drive drive) {
            DriveSuperblock superblock = drive.superblock();
            return drive.path() + " holds " + (superblock.isMember() ? "drive " : "replacement ") + superblock.driveId()
                    + " of cluster " + superblock.clusterId();
        }
        return finding.path() + (finding instanceof DirectoryFinding.Empty ? " is empty" : " is not there");
    }
}
