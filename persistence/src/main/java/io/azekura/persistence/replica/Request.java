package io.azekura.persistence.replica;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.VersionEdit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is asked of one drive. Each request comes with the version of its partition's layout that the sender
 * knows (register rule 9). Replies of the register's own messages are those of
 * {@link io.azekura.persistence.register.Messages}; all others are a {@link Reply}.
 */
public sealed interface Request {
    /** The partition that the request is about, or -1 for requests about the drive itself. */
    default int partition(Partitions partitions) {
        return this instanceof Keyed keyed ? partitions.of(keyed.key()) : -1;
    }

    /** Where a key belongs. */
    @FunctionalInterface
    interface Partitions {
        int of(RegisterKey key);
    }

    /** A request about one key. */
    sealed interface Keyed extends Request {
        RegisterKey key();
    }

    /** A request about all keys of one partition. */
    sealed interface Ranged extends Request {
        int number();

        @Override
        default int partition(Partitions partitions) {
            return number();
        }
    }

    /** {@code body}: small bodies come along, so that a small read is one round trip. */
    record Read(RegisterKey key, boolean body) implements Keyed {}

    /** The highest row of the key that the drive has, whatever it is worth: for the drive itself, which may be a learner. */
    record ReadHeld(RegisterKey key) implements Keyed {}

    record Promise(Prepare prepare) implements Keyed {
        @Override
        public RegisterKey key() {
            return prepare.key();
        }
    }

    record Store(Accept accept) implements Keyed {
        @Override
        public RegisterKey key() {
            return accept.key();
        }
    }

    /** The ballot was chosen; {@code everywhere}: all replicas have the row and their shards (register rule 14). */
    record Settle(RegisterKey key, Ballot ballot, boolean everywhere) implements Keyed {}

    /** Keeps a shard, or a whole body as number {@link Adopt#WHOLE}, that no row names yet; answered when durable. */
    record Stage(RegisterKey key, DataId id, int shard, Bytes bytes) implements Keyed {}

    record ReadShard(RegisterKey key, DataId id, int shard) implements Keyed {}

    /** Older versions with ids at or after {@code from}, at most {@code max}. */
    record OlderVersions(RegisterKey key, Bytes from, int max) implements Keyed {}

    /** The newest state of the key that the drive has and knows to be chosen, with all that it covers. */
    record ReadChosen(RegisterKey key) implements Keyed {}

    /** Marks a staged data id dead: no accept that names it is taken any more (register rule 16). */
    record MarkDead(RegisterKey key, DataId id) implements Keyed {}

    /** Whether the data id is marked dead here. */
    record IsDead(RegisterKey key, DataId id) implements Keyed {}

    /** Lets go of an unsettled row of the ballot: it names dead data, was never chosen and never will be. */
    record DiscardRow(RegisterKey key, Ballot ballot) implements Keyed {}

    /** Takes the mark back: a settled state names the data id. */
    record Revive(RegisterKey key, DataId id) implements Keyed {}

    /** Deletes the shards of a data id that is marked dead. */
    record DropDead(RegisterKey key, DataId id) implements Keyed {}

    /** Whether the drive has exactly this chosen row of the key, knows that it is chosen, and has nothing newer. */
    record HasSettled(RegisterKey key, Ballot ballot) implements Keyed {}

    /**
     * Takes over a chosen state that this drive pulled from the others.
     *
     * @param versions all older versions that the state covers, or null when the drive has them
     * @param collections how many tombstones the drive had collected in the partition when it began to ask
     * @param contents by data id the bytes that this drive is to have: its shards by number, a whole body as number
     *     {@link #WHOLE}
     */
    record Adopt(
            RegisterKey key,
            Row row,
            long collections,
            @Nullable List<VersionEdit.Add> versions,
            Map<DataId, Map<Integer, Bytes>> contents)
            implements Keyed {
        public static final int WHOLE = -1;

        public Adopt {
            contents = Map.copyOf(contents);
        }
    }

    /**
     * Lets go of a row that may be one of before the damage, where nothing is chosen any more; a drive that has no damage
     * does nothing.
     *
     * @param collections as in {@link Adopt}
     */
    record Forget(RegisterKey key, long collections) implements Keyed {}

    /** Forgets the tombstone, and raises the floor of its partition. */
    record Collect(RegisterKey key, Ballot ballot) implements Keyed {}

    /** Rows of one space and partition by ascending key, from {@code from} on, at most {@code max}. */
    record ScanRows(int number, long space, Bytes prefix, Bytes from, int max) implements Ranged {}

    /** Keys of the partition in any space after {@code after}, only those not on all drives if {@code missed}. */
    record Keys(int number, @Nullable RegisterKey after, boolean missed, int max) implements Ranged {}

    /** Keys of the partition that the drive has rows of, after {@code after}, whatever these rows are worth. */
    record HeldKeys(int number, @Nullable RegisterKey after, int max) implements Ranged {}

    /** What governs a partition beside its rows: every learner needs it before it is complete. */
    record Guards(int number) implements Ranged {}

    /** How many tombstones of the partition the drive has collected. */
    record Collections(int number) implements Ranged {}

    /** Takes over what governs a partition, as a learner does before it is complete. */
    record TakeGuards(int number, GuardPage guards) implements Ranged {}

    /**
     * What has been there for some time and wants to be looked after: unsettled rows, staged shards, and keys that are
     * not known to be on all drives or are settled tombstones.
     */
    record Chores(int number, int max) implements Ranged {}

    /**
     * Durably refuses accepts of the space with an older configuration version, or all of them when closed. The drive
     * refuses for all partitions; the one that is named is that which it is to count for, under its layout.
     */
    record FenceSpace(int number, long space, Fence fence) implements Ranged {}

    /** What a drive durably knows of the control log. */
    record Status() implements Request {}

    /** Replies to requests that are not the register's own. */
    sealed interface Reply {}

    enum Done implements Reply {
        INSTANCE
    }

    /** The drive will not do it now; nothing changed. */
    record Declined(String reason) implements Reply {}

    /** The shard's bytes, or null if the drive does not have it. */
    record Shard(@Nullable Bytes bytes) implements Reply {}

    record VersionPage(History base, @Nullable Ballot settled, List<VersionEdit.Add> versions) implements Reply {}

    /** {@code body}: that of a whole content; {@code versions}: all older versions that the state covers. */
    record Chosen(Row row, @Nullable Bytes body, List<VersionEdit.Add> versions) implements Reply {}

    /** {@code complete}: there is nothing after the last row. */
    record RowPage(List<KeyedRow> rows, boolean complete) implements Reply {}

    record KeyedRow(RegisterKey key, Found found) {}

    record KeyPage(List<RegisterKey> keys, boolean complete) implements Reply {}

    record GuardPage(Ballot collected, Map<Long, Fence> fences) implements Reply {
        public GuardPage {
            fences = Map.copyOf(fences);
        }
    }

    record ChorePage(List<RegisterKey> unsettled, List<StagedData> staged, List<RegisterKey> incomplete)
            implements Reply {}

    record StagedData(RegisterKey key, DataId id) {}

    record Count(long count) implements Reply {}

    /** {@code complete}: by partition, under which layout the drive last pulled everything as a learner. */
    record DriveStatus(long controlVersion, Map<Integer, Long> complete) implements Reply {
        public DriveStatus {
            complete = Map.copyOf(complete);
        }
    }
}
