package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import io.azekura.persistence.index.IndexScrub;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;

/**
 * Where a scrub goes on after a restart.
 *
 * @param passesDone how many were finished
 * @param finishedMicros when the last one was finished, in microseconds since the epoch, 0 for never
 * @param log where to go on in the log, in its phase
 * @param indexKey raw key of the index to go on with, in the phase of the entries
 * @param orphanDirectory first directory of shard files that the next search for orphans looks at
 */
record ScrubPosition(
        long passesDone,
        long finishedMicros,
        Phase phase,
        SegmentScrub.Place log,
        Bytes indexKey,
        int orphanDirectory) {
    /** The parts of a pass in their order; the number is the persistent form, never reused. */
    enum Phase {
        SUPERBLOCK(1),
        LOG(2),
        INDEX_FILES(3),
        ENTRIES(4),
        /** Between two passes. */
        RESTING(5);

        private final int number;

        Phase(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** Nothing was scrubbed yet. */
    static final ScrubPosition START =
            new ScrubPosition(0, 0, Phase.SUPERBLOCK, SegmentScrub.Place.START, IndexScrub.START, 0);

    ScrubPosition {
        Check.argument(passesDone >= 0 && finishedMicros >= 0 && orphanDirectory >= 0, "negative scrub position");
    }

    ScrubPosition at(Phase next) {
        return new ScrubPosition(
                passesDone, finishedMicros, next, SegmentScrub.Place.START, IndexScrub.START, orphanDirectory);
    }

    ScrubPosition at(SegmentScrub.Place place) {
        return new ScrubPosition(passesDone, finishedMicros, phase, place, indexKey, orphanDirectory);
    }

    ScrubPosition at(Bytes key) {
        return new ScrubPosition(passesDone, finishedMicros, phase, log, key, orphanDirectory);
    }

    ScrubPosition withOrphanDirectory(int directory) {
        return new ScrubPosition(passesDone, finishedMicros, phase, log, indexKey, directory);
    }

    ScrubPosition finished(long nowMicros) {
        return new ScrubPosition(
                passesDone + 1, nowMicros, Phase.RESTING, SegmentScrub.Place.START, IndexScrub.START, orphanDirectory);
    }
}
