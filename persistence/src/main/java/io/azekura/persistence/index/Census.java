package io.azekura.persistence.index;

import io.azekura.persistence.Check;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How many slots a drive has and which, in a few numbers: for each of 256 groups of keys the count and the sum of the
 * hashes ({@link CensusHash}), so that a changed slot changes one group in constant time, in whatever order slots
 * change. Two drives, or an index and the log that it was made from, differ in a group exactly when (but for collisions
 * of 64 bits) they differ in its slots. Where the bytes of a row are is not covered, as they move.
 *
 * <p>One more group, {@link #REFUSALS}, covers what the drive refuses: its fences and its promise bound. Losing one of
 * those would break a promise as losing a row does.
 *
 * <p>Not safe for several threads.
 */
public final class Census {
    /** Groups of slots. */
    public static final int SLOT_GROUPS = 256;

    /** The group of the fences and of the promise bound. */
    public static final int REFUSALS = SLOT_GROUPS;

    /** All groups. */
    public static final int GROUPS = SLOT_GROUPS + 1;

    private final long[] counts;
    private final long[] hashes;

    /** What one group has: this many members, whose hashes have this sum. */
    public record Group(long count, long hash) {
        public static final Group EMPTY = new Group(0, 0);

        public Group {
            Check.argument(count >= 0, "a group of " + count + " members");
        }
    }

    /** Of a drive that has nothing. */
    public Census() {
        this(new long[GROUPS], new long[GROUPS]);
    }

    private Census(long[] counts, long[] hashes) {
        this.counts = counts;
        this.hashes = hashes;
    }

    /** A hash of the key that is spread over all its bits; the top eight are the group. */
    public static long hash(RegisterKey key) {
        return CensusHash.of(key);
    }

    public Census copy() {
        return new Census(counts.clone(), hashes.clone());
    }

    public Group group(int number) {
        return new Group(counts[number], hashes[number]);
    }

    /** Sets a group that was read from somewhere. */
    public void set(int number, Group group) {
        counts[number] = group.count();
        hashes[number] = group.hash();
    }

    /** All slots. */
    public long slots() {
        return Arrays.stream(counts, 0, SLOT_GROUPS).sum();
    }

    /**
     * The key has this slot now instead of the other; null or an empty one for none.
     *
     * @return the group of the key
     */
    public int replaceSlot(RegisterKey key, @Nullable Slot before, @Nullable Slot after) {
        long keyHash = CensusHash.of(key);
        int group = CensusHash.group(keyHash);
        if (before != null && !before.equals(Slot.EMPTY)) {
            remove(group, CensusHash.of(keyHash, before));
        }
        if (after != null && !after.equals(Slot.EMPTY)) {
            add(group, CensusHash.of(keyHash, after));
        }
        return group;
    }

    /** The space has this fence now instead of the other; null for none. */
    public void replaceFence(long space, @Nullable Fence before, Fence after) {
        if (before != null) {
            remove(REFUSALS, CensusHash.of(space, before));
        }
        add(REFUSALS, CensusHash.of(space, after));
    }

    /** The drive has this promise bound now instead of the other; 0 for none. */
    public void replaceBound(long before, long after) {
        if (before != 0) {
            remove(REFUSALS, CensusHash.ofBound(before));
        }
        if (after != 0) {
            add(REFUSALS, CensusHash.ofBound(after));
        }
    }

    private void add(int group, long hash) {
        counts[group]++;
        hashes[group] += hash;
    }

    private void remove(int group, long hash) {
        counts[group]--;
        hashes[group] -= hash;
    }

    /** The first group in which the two differ, or -1 when they are equal. */
    public int firstDifference(Census other) {
        for (int group = 0; group < GROUPS; group++) {
            if (counts[group] != other.counts[group] || hashes[group] != other.hashes[group]) {
                return group;
            }
        }
        return -1;
    }

    /** A group in words, for messages. */
    public String describe(int group) {
        String members = group == REFUSALS ? "refusals" : "slots";
        return counts[group] + " " + members + " in group " + group + " with hash " + Long.toHexString(hashes[group]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Census census && firstDifference(census) < 0;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(counts) + Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return "census of " + slots() + " slots";
    }
}
