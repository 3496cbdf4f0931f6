package io.azekura.persistence.journal;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The deletion marks that one drive has durably, for its decision about accepts: without them, once the tombstone of a
 * batch is collected, a writer that was paused before its batch was lost could still create it, and its entity would
 * have a past that it never had (register rule 13).
 *
 * <p>A mark may be raised as soon as the drive accepted its row, chosen or not, and stays raised when that row is
 * dropped: it is only proposed once every batch up to its fence is chosen, so what it refuses has no right to exist
 * either way. Rebuilt from the rows of marks when the drive is mounted. One thread.
 */
public class DeletionMarks {
    private final Map<Bytes, Long> fences = new HashMap<>();

    /** Takes in a row that the drive has durably accepted or caught up; does nothing unless it is a mark. */
    public void observe(RegisterKey key, State state) throws CorruptException, FormatTooNewException {
        if (key.space() == RegisterKey.JOURNAL
                && state.isLive()
                && JournalKey.decode(key.key()).kind() == JournalKey.Kind.MARK) {
            raise(
                    JournalKey.decode(key.key()).persistenceId(),
                    JournalMarkFormat.decode(state.value()).fence());
        }
    }

    /** Marks only rise: a lower one changes nothing. */
    public void raise(String persistenceId, long fence) {
        fences.merge(JournalKey.prefix(persistenceId), fence, Math::max);
    }

    /** Up to which number batches of this entity may not be created; 0 without a mark. */
    public long fence(String persistenceId) {
        return fences.getOrDefault(JournalKey.prefix(persistenceId), 0L);
    }

    /** Whether no batch may be created under this key, because the mark covers it. */
    public boolean refuses(RegisterKey key) {
        if (key.space() != RegisterKey.JOURNAL) {
            return false;
        }
        try {
            JournalKey batch = JournalKey.decode(key.key());
            return batch.kind() == JournalKey.Kind.BATCH && isCovered(batch.sequence(), fence(batch.persistenceId()));
        } catch (CorruptException notOurs) {
            return true;
        }
    }

    /**
     * Whether the drive has to refuse an accept. Tombstones pass, and so does a live state where the drive already has
     * one: that finishes a batch which was written before the mark.
     */
    public boolean refuses(RegisterKey key, State.Kind proposed, State.Kind held) {
        return proposed == State.Kind.LIVE && held != State.Kind.LIVE && refuses(key);
    }

    /**
     * Whether the tombstone of a batch may be collected, as far as the journal is concerned: only once every drive of the
     * stripe set, learners included, refuses to create the batch again.
     *
     * @param fences that of the entity on each of these drives; a drive that cannot tell counts as 0
     */
    public static boolean mayCollect(JournalKey batch, Collection<Long> fences) {
        return batch.kind() == JournalKey.Kind.BATCH
                && !fences.isEmpty()
                && fences.stream().allMatch(fence -> batch.sequence() <= fence);
    }

    /** The deciding comparison. */
    protected boolean isCovered(long first, long fence) {
        return first <= fence;
    }
}
