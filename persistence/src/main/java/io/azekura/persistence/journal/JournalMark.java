package io.azekura.persistence.journal;

import io.azekura.persistence.Check;

/**
 * How far the events of an entity are deleted. Stays for as long as the entity has a name, so that its numbers are never
 * used again.
 *
 * @param deletedTo events up to this number are never replayed; never above the highest number that was written
 * @param fence the last number of the last batch that lies wholly at or below {@code deletedTo}: drives refuse to create
 *     batches up to here, and those that are here become tombstones. A batch that is deleted in part stays readable
 * @param fenceFirst the first number of that batch, which the batch after it names; 0 when {@code fence} is
 */
public record JournalMark(long deletedTo, long fence, long fenceFirst) {
    public static final JournalMark NONE = new JournalMark(0, 0, 0);

    public JournalMark {
        Check.argument(isValid(deletedTo, fence, fenceFirst), "mark " + deletedTo + ", " + fence + ", " + fenceFirst);
    }

    static boolean isValid(long deletedTo, long fence, long fenceFirst) {
        return deletedTo >= fence
                && fence >= 0
                && fence < Long.MAX_VALUE - JournalBatch.EVENTS_MAX
                && JournalBatch.isPrevious(fenceFirst, fence + 1);
    }
}
