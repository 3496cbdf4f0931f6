package io.azekura.persistence.register;

import java.util.List;

/**
 * One accepted state of one key on one drive, with the ballot that it was accepted under. {@code edits} lead from the
 * older versions that the drive's slot has settled to those that the state covers; an accept of an unversioned key has
 * none.
 */
public record Row(Ballot accepted, State state, List<VersionEdit> edits) {
    public Row {
        edits = List.copyOf(edits);
    }

    /** A row of a state that has the older versions of the slot. */
    public Row(Ballot accepted, State state) {
        this(accepted, state, List.of());
    }
}
