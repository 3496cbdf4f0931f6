package io.azekura.persistence.replica;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import org.jspecify.annotations.Nullable;

/** What a decision makes durable. The state of a drive is what these records, in the order of the log, add up to. */
public sealed interface ReplicaRecord {
    /** The slot of a key after an accept. {@code position} says which shards of the row are the drive's own. */
    record Accepted(
            RegisterKey key,
            int position,
            Slot slot,
            Row row,
            @Nullable Bytes body) implements ReplicaRecord {}

    record Settled(RegisterKey key, Ballot ballot, boolean everywhere) implements ReplicaRecord {}

    /** A chosen state that was pulled: replaces the slot, with the whole of its older versions if they differ. */
    record Adopted(Request.Adopt adopt) implements ReplicaRecord {}

    record Staged(RegisterKey key, DataId id, int shard, Bytes bytes) implements ReplicaRecord {}

    record MarkedDead(DataId id) implements ReplicaRecord {}

    record Revived(DataId id) implements ReplicaRecord {}

    record DroppedDead(DataId id) implements ReplicaRecord {}

    /** The unsettled row of this ballot is gone. */
    record RowDiscarded(RegisterKey key, Ballot ballot) implements ReplicaRecord {}

    record Collected(RegisterKey key, int partition, Ballot ballot) implements ReplicaRecord {}

    /** What the drive had of the key was lost or in doubt, and nothing is chosen of it. */
    record Forgotten(RegisterKey key) implements ReplicaRecord {}

    record Guarded(int partition, Request.GuardPage guards) implements ReplicaRecord {}

    /** The drive is a learner of the partition from now on, and forgets rows of an earlier time that it was in the set. {@code moveBegun} tells one move from another. */
    record Learning(int partition, long moveBegun) implements ReplicaRecord {}

    /**
     * The drive has pulled everything of the partition under this layout, or, for a negative one, of all: it is faithful
     * again. Means nothing when the drive began to learn anew, in a later move, while it pulled.
     */
    record Completed(int partition, long layoutVersion) implements ReplicaRecord {}

    /** The number and the random name of a mount that is about to be entered in the control log (register rule 8). */
    record Booted(long boot, long mount) implements ReplicaRecord {}

    /** {@link Fence#GONE} also takes everything away that the drive has in the space. */
    record Fenced(long space, Fence fence) implements ReplicaRecord {}

    record Bound(long counter) implements ReplicaRecord {}

    /** The control log was learnt up to this version, with everything that it says. */
    record SawControl(long version) implements ReplicaRecord {}
}
