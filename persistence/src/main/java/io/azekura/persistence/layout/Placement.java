package io.azekura.persistence.layout;

import io.azekura.persistence.Check;
import io.azekura.persistence.journal.JournalKey;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.PartKey;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Which partition a register lies in: a pure function of its key, frozen, since another would look for every row on the
 * wrong drives.
 *
 * <p>A space is cut into 2^s slices, s being its spread; a hash of the bytes that place a key chooses the slice. Slice i
 * lies in partition (base + i · stride) mod P, where base and the odd stride are hashes of the space, so that the slices
 * of one space are in different partitions and two spaces share few. The parts of a space have its base and stride:
 *
 * <pre>
 * family 0  objects         placed by the whole key
 * family 1  parts           placed by the object's key, and so where the object is
 * family 2  journals        placed by the persistence id
 * </pre>
 *
 * <p>Both numbers can double with half of everything staying in place: a space of twice the slices keeps those it had in
 * their partitions, and of twice the partitions, p and p + P have what p had.
 *
 * @param partitions P, a power of two
 */
public record Placement(int partitions) {
    private static final int FAMILY_BITS = 3;
    private static final int FAMILY_MASK = (1 << FAMILY_BITS) - 1;
    private static final int SPREAD_MASK = 15;

    private static final int OBJECTS = 0;
    private static final int PARTS = 1;

    public Placement {
        Check.argument(AssignmentTable.isPartitions(partitions), partitions + " partitions");
    }

    public int partitionOf(RegisterKey key) {
        Bytes placing = placing(key);
        long hash = Mixing.ofBytes(placing.array(), 0, placing.length());
        return partition(key.space(), hash & (slices(key.space()) - 1));
    }

    /** Every partition that keys of the space can lie in, each once, by slice. */
    public List<Integer> partitionsOf(long space) {
        int count = (int) Math.min(slices(space), partitions);
        List<Integer> all = new ArrayList<>(count);
        for (int slice = 0; slice < count; slice++) {
            all.add(partition(space, slice));
        }
        return all;
    }

    private int partition(long space, long slice) {
        long base = Mixing.mixed(space >>> FAMILY_BITS);
        long stride = Mixing.mixed(base) | 1;
        return (int) (base + slice * stride) & (partitions - 1);
    }

    private static long slices(long space) {
        return 1L << ((int) (space >>> FAMILY_BITS) & SPREAD_MASK);
    }

    private static Bytes placing(RegisterKey key) {
        int family = (int) key.space() & FAMILY_MASK;
        if (family == OBJECTS) {
            return key.key();
        }
        if (family == PARTS) {
            return PartKey.placement(key.key());
        }
        Check.argument(key.space() == RegisterKey.JOURNAL, "a space of no known family");
        return JournalKey.placement(key.key());
    }
}
