package io.azekura.persistence.simulation.history;

import java.util.List;
import java.util.stream.Collectors;

/** A promise that a history shows to be broken, and the operations that show it. */
public record Violation(Kind kind, String subject, String explanation, List<Operation> operations) {

    public Violation {
        operations = List.copyOf(operations);
    }

    static Violation of(Kind kind, String subject, String explanation, Operation... operations) {
        return new Violation(kind, subject, explanation, List.of(operations));
    }

    /** Which promise. */
    public enum Kind {
        /** A value was read that nobody wrote there. */
        PHANTOM_VALUE,
        /** A value was read whose write definitely failed. */
        FAILED_WRITE_SEEN,
        /** A value was read before its write began. */
        READ_FROM_FUTURE,
        /** The bytes that were read are not those of the value. */
        WRONG_CONTENT,
        /** An overwritten value was read. */
        STALE_READ,
        /** An acknowledged value was not there. */
        LOST_WRITE,
        /** A deleted value was read. */
        RESURRECTED,
        /** Two conditional writes won on the same state. */
        TWO_WINNERS,
        /** A conditional write replaced another value than the one it named. */
        LOST_UPDATE,
        /** A conditional write was refused although its condition held all the time. */
        WRONG_REFUSAL,
        /** No order of the operations explains what they saw. */
        NOT_LINEARIZABLE,
        /** The search gave up; nothing is known, which is not the same as correct. */
        UNDECIDED,

        /** A page is not sorted, shows a key twice, or shows a key that was not asked for. */
        MALFORMED_PAGE,
        /** A page lacks a key. */
        MISSING_ENTRY,
        /** A page shows a key that did not exist. */
        PHANTOM_ENTRY,
        /** A page shows a value that was not current. */
        STALE_ENTRY,
        /** Pages that are each possible contradict one another. */
        PAGES_DISAGREE,

        /** A version is gone that nobody deleted. */
        VERSION_VANISHED,
        /** A deleted version was seen again. */
        DELETED_VERSION_RETURNED,
        /** A version was seen that nobody wrote. */
        PHANTOM_VERSION,
        /** A version has another id or time or value than before. */
        VERSION_CHANGED,
        /** Versions are not in the order in which they were written. */
        VERSION_ORDER,
        /** The count of versions is not their number. */
        VERSION_COUNT,

        /** A value was seen that is made of other parts than those a completion named. */
        HALF_UPLOAD,
        /** Two completions of one upload answered differently. */
        COMPLETION_CHANGED,
        /** An aborted upload was completed. */
        COMPLETED_AFTER_ABORT,
        /** A completion succeeded that names a part nobody uploaded. */
        PART_NEVER_UPLOADED,

        /** Two batches won one sequence number. */
        SPLIT_BRAIN,
        /** An event was replayed that nobody appended, or not there. */
        PHANTOM_EVENT,
        /** An event was replayed whose append definitely failed. */
        REFUSED_EVENT_REPLAYED,
        /** An acknowledged or already seen event was not replayed. */
        EVENT_LOST,
        /** Sequence numbers are missing in between. */
        JOURNAL_GAP,
        /** Events are replayed out of order. */
        JOURNAL_ORDER,
        /** A batch was replayed in part. */
        HALF_BATCH,
        /** A deleted event was replayed. */
        DELETED_EVENT_REPLAYED,
        /** The highest sequence number is too low or too high. */
        WRONG_HIGHEST,

        /** What was acknowledged went down with its bucket, or was acknowledged when there was none. */
        LOST_WITH_BUCKET
    }

    @Override
    public String toString() {
        return operations.stream()
                .map(operation -> "\n    " + operation)
                .collect(Collectors.joining("", kind + " " + subject + ": " + explanation, ""));
    }
}
