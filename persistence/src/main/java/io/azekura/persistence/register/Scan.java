package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Ordered, linearizable scans over the registers of one space (register rule 19). Calls never block, stages never fail. */
public interface Scan {
    CompletionStage<ScanOutcome> page(Range range);

    /**
     * Keys of one space from {@code from}, inclusive, that begin with {@code prefix}, at most {@code entriesMax} of
     * them.
     */
    record Range(long space, Bytes prefix, Bytes from, int entriesMax) {}

    /** One register with its chosen state, which may be a tombstone: whoever lists objects skips those. */
    record Entry(RegisterKey key, Ballot ballot, State state) {}

    sealed interface ScanOutcome {}

    /** Every register of the range that was written before the page was asked for; {@code next} continues, or is null. */
    record Page(List<Entry> entries, @Nullable Bytes next) implements ScanOutcome {}

    /** Some partition has too few usable drives: there is no page, and never a shorter one. */
    record NoQuorum(String reason) implements ScanOutcome {}
}
