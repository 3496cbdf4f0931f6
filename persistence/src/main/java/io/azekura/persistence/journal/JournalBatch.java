package io.azekura.persistence.journal;

import io.azekura.persistence.Check;
import java.util.List;

/**
 * Events that were written together or not at all, by one incarnation of their entity. Sequence numbers are dense from
 * {@code first}; {@code previousFirst} is where the batch before this one begins, 0 for the first of all, so that
 * whoever meets a batch knows the key of its predecessor and notices when that is missing.
 */
public record JournalBatch(WriterId writer, long first, long previousFirst, List<JournalEvent> events) {
    /**
     * Most events of one batch. It bounds how far before a sequence number the batch that holds it may begin, and thereby
     * what a replay from there has to read; Akka's entities write one event at a time, or a handful.
     */
    public static final int EVENTS_MAX = 1000;

    public JournalBatch {
        events = List.copyOf(events);
        Check.argument(!events.isEmpty() && events.size() <= EVENTS_MAX, "a batch of " + events.size() + " events");
        Check.argument(first > 0 && first <= Long.MAX_VALUE - EVENTS_MAX, "a batch from number " + first);
        Check.argument(isPrevious(previousFirst, first), "a batch from " + first + " after one from " + previousFirst);
    }

    /** The sequence number of the last event. */
    public long last() {
        return first + events.size() - 1;
    }

    /** Whether a batch that begins at {@code previousFirst} can end just before {@code first}; 0 stands for none. */
    static boolean isPrevious(long previousFirst, long first) {
        return previousFirst >= 0
                && previousFirst < first
                && first - previousFirst <= EVENTS_MAX
                && (previousFirst > 0 || first == 1);
    }
}
