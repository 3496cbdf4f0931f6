package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Which drives keep which partition, by position: the outcome of {@link Assignment#plan}. Drives are numbered within the
 * table, in the order of their ids, so that a table of 65,536 partitions by 12 positions takes three megabytes.
 * Immutable.
 */
public final class AssignmentTable {
    /** Most partitions of a table; a spread of 2^15 leaves room for one more doubling. */
    public static final int PARTITIONS_MAX = 1 << 20;

    private final List<DriveId> drives;
    private final int width;
    private final int[] slots;

    /** @param slots for each partition in turn {@code width} different drive numbers; not copied */
    AssignmentTable(List<DriveId> drives, int width, int[] slots) {
        this.drives = List.copyOf(drives);
        this.width = width;
        this.slots = slots;
        Check.argument(width >= 1 && width <= StripeSet.DRIVES_MAX, "a stripe set of " + width + " drives");
        Check.argument(slots.length % width == 0, "a stripe set cut short");
        Check.argument(isPartitions(slots.length / width), "a table of " + slots.length / width + " partitions");
        Check.argument(new HashSet<>(drives).size() == drives.size(), "a drive twice in one table");
        Check.argument(
                hasDifferentDrives(drives.size(), width, slots), "a stripe set without different drives of the table");
    }

    static boolean isPartitions(int count) {
        return count >= 1 && count <= PARTITIONS_MAX && Integer.bitCount(count) == 1;
    }

    /** The drives by number. */
    public List<DriveId> drives() {
        return drives;
    }

    public int partitions() {
        return slots.length / width;
    }

    /** N, the number of positions of every partition. */
    public int width() {
        return width;
    }

    /** The number of the drive at a position of a partition. */
    public int driveNumber(int partition, int position) {
        return slots[partition * width + position];
    }

    /** The drives of a partition, by position. */
    public List<DriveId> stripeSet(int partition) {
        return Arrays.stream(slots, partition * width, (partition + 1) * width)
                .mapToObj(drives::get)
                .toList();
    }

    /** How many positions each drive holds, by number. */
    public int[] loads() {
        int[] loads = new int[drives.size()];
        for (int drive : slots) {
            loads[drive]++;
        }
        return loads;
    }

    /** How many of the positions that {@code before} had are held by another drive now. */
    public int movedSince(AssignmentTable before) {
        int[] kept = numbersOf(before.drives);
        int moved = 0;
        for (int partition = 0; partition < before.partitions(); partition++) {
            for (int position = 0; position < before.width; position++) {
                boolean isSame = kept[before.driveNumber(partition, position)] == driveNumber(partition, position);
                moved += isSame ? 0 : 1;
            }
        }
        return moved;
    }

    /** The numbers that drives of another table have in this one, -1 for a drive that is not in it. */
    private int[] numbersOf(List<DriveId> others) {
        Map<DriveId, Integer> numbers = new HashMap<>();
        drives.forEach(drive -> numbers.put(drive, numbers.size()));
        return others.stream()
                .mapToInt(drive -> numbers.getOrDefault(drive, -1))
                .toArray();
    }

    static boolean hasDifferentDrives(int drives, int width, int[] slots) {
        int[] seenIn = new int[drives];
        for (int i = 0; i < slots.length; i++) {
            int mark = i / width + 1;
            if (slots[i] < 0 || slots[i] >= seenIn.length || seenIn[slots[i]] == mark) {
                return false;
            }
            seenIn[slots[i]] = mark;
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AssignmentTable that
                && width == that.width
                && drives.equals(that.drives)
                && Arrays.equals(slots, that.slots);
    }

    @Override
    public int hashCode() {
        return 31 * drives.hashCode() + Arrays.hashCode(slots);
    }

    @Override
    public String toString() {
        return partitions() + " partitions of " + width + " positions over " + drives.size() + " drives";
    }
}
