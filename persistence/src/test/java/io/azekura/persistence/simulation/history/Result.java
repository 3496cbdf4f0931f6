package io.azekura.persistence.simulation.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the store answered; a refusal that tells something of the state is an answer, too. */
public sealed interface Result {

    /** Done, with nothing more to tell. */
    enum Done implements Result {
        DONE
    }

    /** There is nothing. */
    enum Missing implements Result {
        MISSING
    }

    /** Refusals from which the state at some moment of the call can be concluded; nothing was changed. */
    enum Refusal implements Result {
        PRECONDITION_FAILED,
        NO_SUCH_KEY,
        NO_SUCH_BUCKET,
        BUCKET_NOT_EMPTY,
        NO_SUCH_UPLOAD
    }

    /** The value that was read, and its bytes; {@code content} is null where they were not read. */
    record Found(String value, @Nullable String content) implements Result {}

    /** A copy was made of these bytes. */
    record Copied(String content) implements Result {}

    /** An upload was completed to this value. */
    record Completed(String value) implements Result {}

    record Stored(String versionId) implements Result {}

    /** The versions of a key, the newest first, and how many the key says it has. */
    record Versions(List<Version> versions, int count) implements Result {
        public Versions {
            versions = List.copyOf(versions);
        }
    }

    /** One version; {@code value} is null for a delete marker. */
    record Version(
            String versionId, long timeMicros, @Nullable String value) {}

    /** A page; {@code truncated} if there are more keys behind the last one. */
    record Page(List<Entry> entries, boolean truncated) implements Result {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    record Entry(String key, String value) {}

    record Replayed(List<Event> events, long highestSeq) implements Result {
        public Replayed {
            events = List.copyOf(events);
        }
    }

    record Event(long seq, String event) {}

    record Highest(long seq) implements Result {}
}
