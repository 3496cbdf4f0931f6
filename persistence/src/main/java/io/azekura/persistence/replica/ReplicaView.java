package io.azekura.persistence.replica;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.journal.DeletionMarks;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.VersionEdit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The durable facts of one drive, as its {@link Replica} decides by them. Look-ups never change anything. */
public interface ReplicaView {
    Slot slot(RegisterKey key);

    /** Rows of one space at or after a key, in order; a damaged one is there, whatever is left of it. */
    SortedMap<RegisterKey, Slot> rows(long space, Bytes from);

    /** All keys of a partition after one, in order; only those not known to be on all drives if {@code missed}. */
    List<RegisterKey> keys(int partition, @Nullable RegisterKey after, boolean missed, int max);

    @Nullable
    Bytes body(RegisterKey key, DataId id);

    /** The bytes of a shard, staged or named by a row or an older version of the key; null if it is not here. */
    @Nullable
    Bytes shard(DataId id, int number);

    /** Whether a row or an older version of the key names the data id. */
    boolean isNamed(RegisterKey key, DataId id);

    List<VersionEdit.Add> versions(RegisterKey key, Bytes from, int max);

    @Nullable
    Fence fence(long space);

    /** The highest ballot of a tombstone collected in the partition (register rule 11). */
    Ballot collected(int partition);

    /** How many tombstones were collected in the partition. */
    long collections(int partition);

    boolean isDead(DataId id);

    /** What has been there for a while in a partition and wants to be looked after. */
    Request.ChorePage chores(int partition, int max);

    Request.GuardPage guards(int partition);

    /** How far the journals of entities were deleted, as the rows on this drive say (register rule 13). */
    DeletionMarks deletionMarks();

    /** The version of the control log up to which everything was learnt. */
    long controlVersion();

    /** By partition, the version of its layout under which everything was pulled. */
    Map<Integer, Long> completed();

    /** The version at which the layout of the partition became what it is, in what was learnt. */
    long layoutVersion(int partition);

    /** Whether the row of the key is there and cannot be read. */
    boolean isDamaged(RegisterKey key);

    /**
     * Whether the drive has every row of the partition that it ever accepted or is to have as a learner, so that it may
     * say "certainly none" (register rules 8 and 15).
     */
    boolean isComplete(int partition);

    /**
     * Whether the drive has everything that it ever said about promises and rows. One that lost records and does not know
     * which must not vote until it has compared all of its partitions with the others.
     */
    boolean isFaithful();
}
