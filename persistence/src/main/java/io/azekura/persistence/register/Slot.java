package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one drive durably knows about one key: the highest ballot known chosen, and its rows by ascending ballot.
 * Nothing but the first row can be settled; the rows after it are the unsettled suffix, which an accept extends and
 * never overwrites (register rule 4). {@code base} covers the older versions that the drive keeps as records of their own:
 * those of the first row when that is settled; the edits of every other row lead from there. Bounded by {@link #ROWS_MAX}: a drive refuses to accept beyond it.
 */
public record Slot(Ballot settled, List<Row> rows, History base) {
    /** Most rows of one key on one drive; reached only when that many proposers died one after the other. */
    public static final int ROWS_MAX = 16;

    public static final Slot EMPTY = new Slot(Ballot.ZERO, List.of(), History.EMPTY);

    public Slot {
        rows = List.copyOf(rows);
        Check.argument(rows.size() <= ROWS_MAX, "more than " + ROWS_MAX + " rows of one key");
        for (int i = 1; i < rows.size(); i++) {
            Check.argument(
                    rows.get(i - 1).accepted().compareTo(rows.get(i).accepted()) < 0, "rows out of ballot order");
        }
    }

    /** A slot without older versions. */
    public Slot(Ballot settled, List<Row> rows) {
        this(settled, rows, History.EMPTY);
    }

    /** The row of the highest ballot, settled or not, or null when the drive has none. */
    public @Nullable Row highest() {
        return rows.isEmpty() ? null : rows.get(rows.size() - 1);
    }

    /** The highest accepted ballot, or {@link Ballot#ZERO}. */
    public Ballot accepted() {
        Row highest = highest();
        return highest == null ? Ballot.ZERO : highest.accepted();
    }

    /** Whether the highest row is known to be chosen. */
    public boolean isSettled() {
        return accepted().compareTo(settled) <= 0;
    }
}
