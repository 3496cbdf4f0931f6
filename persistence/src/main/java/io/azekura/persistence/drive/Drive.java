package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One mounted drive as the rest of the store sees it: the acceptor of every key on it, and the keeper of its shards.
 * All methods may be called from any thread. Those that return a stage do not block on the disk beyond an index
 * look-up, and their stages complete on the drive's own threads; the others may block for one disk read.
 */
public interface Drive {
    DriveId id();

    /** What the index durably has for the key. */
    ReadReply read(RegisterKey key);

    CompletionStage<PrepareReply> prepare(Prepare prepare);

    /** Completes when the row is on stable storage and visible to {@link #read} and {@link #scan}. */
    CompletionStage<AcceptReply> accept(Accept accept);

    /** Tells that the ballot was chosen. Logged with the next group commit, never waited for. */
    void settle(RegisterKey key, Ballot ballot);

    /**
     * Keeps a small shard in the log, uncommitted until an accept names its data id; durable on completion, and until
     * then the buffer's content must not change.
     */
    CompletionStage<Void> stage(DataId id, int shard, ByteBuffer bytes);

    /** Begins a shard file of at most {@code lengthMax} bytes, uncommitted until an accept names its data id. */
    ShardWriter create(DataId id, int shard, long lengthMax) throws IOException;

    /** Forgets staged shards of the data id that no row names; does nothing for others. */
    void discard(DataId id);

    /**
     * Removes every staged shard that was there when the drive was mounted and that no row names yet. To be called once
     * after mounting, when the pending writes of all drives have been finished, and never before: a shard staged here
     * may be what a row that only another drive has accepted needs (register rule 1).
     */
    void discardUnclaimed();

    /** Keys whose highest row is not known to be chosen and was accepted, or found at mounting, that long ago. */
    List<RegisterKey> unsettled(Duration olderThan);

    /**
     * Opens one shard of a row of this key. The shard stays readable until the reader is closed, even when the row is
     * replaced and its bytes are freed meanwhile (register rule 20).
     *
     * @throws IOException if the drive does not have the shard, or cannot read it
     */
    ShardReader open(RegisterKey key, DataId id, int shard) throws IOException;

    /** The verified bytes of a {@link io.azekura.persistence.register.Content.Whole} body of this key. */
    Bytes readWhole(RegisterKey key, DataId id) throws IOException;

    /** A cursor over the rows of one space by ascending key, standing before the first key at or after {@code from}. */
    RowCursor scan(long space, Bytes from) throws IOException;

    /** Durably refuses accepts of the space with an older configuration version, or all of them when closed. */
    CompletionStage<Void> fence(long space, long configVersion, boolean closed);

    DriveStatus status();

    /** Writes one shard file from front to back. One thread at a time; every method may block. */
    interface ShardWriter {
        /** Appends the remaining bytes of the buffer, on heap or direct. */
        void append(ByteBuffer bytes) throws IOException;

        /** Makes file and directory entry durable and closes the writer. */
        void finish() throws IOException;

        /** Closes the writer and removes what it wrote. Allowed at any time, also after a failure. */
        void abort();
    }

    /** Reads verified bytes of one shard. May be used by any thread, one at a time. */
    interface ShardReader extends AutoCloseable {
        /**
         * Fills the target from the shard's bytes at {@code offset}.
         *
         * @throws io.azekura.persistence.CorruptException if a touched block fails its checksum
         */
        void read(long offset, ByteBuffer target) throws IOException;

        @Override
        void close();
    }

    /** Stands on one row after each successful {@link #next}. One thread at a time; close it soon: it holds native memory. */
    interface RowCursor extends AutoCloseable {
        boolean next() throws IOException;

        Bytes key();

        io.azekura.persistence.register.Slot slot();

        /** Makes the next call of {@link #next} stand on the first key at or after the given one. */
        void seek(Bytes key);

        @Override
        void close();
    }
}
