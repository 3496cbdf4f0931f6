package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Which drives keep which register: a pure function of the ordered drives, the erasure shape and the key, the same on
 * every node and in every release. Immutable; the stripe sets of all partitions are worked out once.
 *
 * <p>With exactly as many drives as shards, the drives of partition p begin with drive p modulo N and go round, so that
 * data and parity spread evenly. With more drives than shards, the N drives with the highest hash of (partition, drive
 * id) are taken, highest first: adding or removing a drive then moves only what that drive gains or had.
 */
public final class Layout {
    /** Number of hash ranges of keys: a power of two, part of every layout for ever. */
    public static final int PARTITIONS = 256;

    /** Version of the layout that a new cluster begins with. */
    public static final long FIRST_VERSION = 1;

    private static final int PARTITION_BITS = 8;

    private final long version;
    private final List<DriveId> drives;
    private final ErasureShape shape;
    private final List<StripeSet> stripeSets;

    static {
        Check.state(PARTITIONS == 1 << PARTITION_BITS, "the number of partitions is a power of two");
    }

    /** The place of a drive in the list is its slot in the layout. */
    public Layout(long version, List<DriveId> drives, ErasureShape shape) {
        Check.argument(version >= FIRST_VERSION, "layout version " + version);
        Check.argument(new HashSet<>(drives).size() == drives.size(), "a drive twice in one layout");
        Check.argument(
                shape.drives() <= drives.size(), "a layout of " + shape + " shards over " + drives.size() + " drives");
        this.version = version;
        this.drives = List.copyOf(drives);
        this.shape = shape;
        this.stripeSets =
                IntStream.range(0, PARTITIONS).mapToObj(this::computed).toList();
    }

    public long version() {
        return version;
    }

    public List<DriveId> drives() {
        return drives;
    }

    public ErasureShape shape() {
        return shape;
    }

    /** The drives of the key's register, in order. */
    public StripeSet stripeSet(RegisterKey key) {
        return stripeSets.get(partitionOf(key));
    }

    /** The stripe set of every partition, by partition. */
    public List<StripeSet> stripeSets() {
        return stripeSets;
    }

    /**
     * The fewest drives without which nothing can be read: they meet every majority of a stripe set, and hold enough
     * shards to give bodies back.
     */
    public int drivesToRead() {
        return Math.max(stripeSets.get(0).readQuorum(), shape.dataShards());
    }

    /**
     * The partition of a key: the highest bits of FNV-1a in 64 bits over the space, big-endian, and the key, mixed by
     * the finalizer of SplitMix64, since FNV alone leaves its high bits poorly mixed for short keys. Frozen: another
     * function would look for every row on the wrong drives.
     */
    public static int partitionOf(RegisterKey key) {
        long hash = 0xCBF29CE484222325L;
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            hash = fnv(hash, (byte) (key.space() >>> shift));
        }
        for (byte next : key.key().array()) {
            hash = fnv(hash, next);
        }
        return (int) (mixed(hash) >>> (Long.SIZE - PARTITION_BITS));
    }

    private StripeSet computed(int partition) {
        List<Integer> ordered = new ArrayList<>(IntStream.range(0, drives.size())
                .mapToObj(i -> (i + partition) % drives.size())
                .toList());
        if (shape.drives() < drives.size()) {
            ordered.sort(Comparator.comparing(
                            (Integer slot) -> weight(partition, drives.get(slot).value()))
                    .reversed());
        }
        return new StripeSet(ordered.subList(0, shape.drives()), shape.dataShards(), shape.parityShards());
    }

    private static long weight(int partition, UUID drive) {
        return mixed(mixed(mixed(partition + 1L) ^ drive.getMostSignificantBits()) ^ drive.getLeastSignificantBits());
    }

    private static long fnv(long hash, byte next) {
        return (hash ^ (next & 0xFF)) * 0x100000001B3L;
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layout that
                && version == that.version
                && drives.equals(that.drives)
                && shape.equals(that.shape);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(version) + drives.hashCode();
    }

    @Override
    public String toString() {
        return "layout " + version + " of " + shape + " over " + drives.size() + " drives";
    }
}
