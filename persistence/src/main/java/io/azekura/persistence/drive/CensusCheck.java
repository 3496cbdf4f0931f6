package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.index.Census;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares what a replay comes to with the censuses that it finds in the log: proof that the index it went on from had
 * everything, or that a replay of the whole log gave back everything that was there.
 */
final class CensusCheck {
    /** A census of the beginning of a segment is written early in that segment, or in the next. */
    private static final int BEGINNINGS_MAX = 4;

    private final Census census;
    private final String log;
    private final boolean isOnIndex;
    private final Map<Long, Census> beginnings = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Census> eldest) {
            return size() > BEGINNINGS_MAX;
        }
    };
    private long oldestSegment = -1;
    private int compared;

    /**
     * @param census what the replay keeps up to date
     * @param isOnIndex whether the replay goes on from an index, and does not begin with the oldest segment
     */
    CensusCheck(Census census, boolean isOnIndex, String log) {
        this.census = census;
        this.isOnIndex = isOnIndex;
        this.log = log;
    }

    /** Everything before the batch was applied, and that is the first one of the segment, or of the replay. */
    void beginSegment(long segment, long batch) {
        if (oldestSegment < 0) {
            oldestSegment = segment;
        }
        beginnings.put(batch, census.copy());
    }

    /**
     * A census was found in the log.
     *
     * @param nextBatch the batch before which everything has been applied, and nothing of it
     */
    void compare(LogRecord.TakenCensus taken, long nextBatch) throws CorruptException {
        Census now = taken.batch() == nextBatch ? census : beginnings.get(taken.batch());
        if (now != null && (isOnIndex || taken.firstSegment() >= oldestSegment)) {
            requireEqual(taken, now);
            compared++;
        }
    }

    private void requireEqual(LogRecord.TakenCensus taken, Census now) throws CorruptException {
        int group = taken.census().firstDifference(now);
        if (group >= 0) {
            throw new CorruptException(
                    isOnIndex ? log + " and its index" : log,
                    0,
                    taken.census().describe(group) + " before batch " + taken.batch(),
                    now.describe(group));
        }
    }

    /** How many censuses of the log were compared. */
    int compared() {
        return compared;
    }
}
