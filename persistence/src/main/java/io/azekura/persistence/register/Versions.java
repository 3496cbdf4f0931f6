package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads the older versions of one key, which lie beside its register. Calls never block, stages never fail. */
public interface Versions {
    /** At most {@code max} older versions with ids at or after {@code from}, in order of their ids. */
    CompletionStage<VersionsOutcome> versions(RegisterKey key, Bytes from, int max);

    sealed interface VersionsOutcome {}

    /** The older versions as the chosen state covers them: they are those of a state with exactly this history. */
    record Found(Ballot ballot, State state, List<VersionEdit.Add> versions) implements VersionsOutcome {}

    /** No quorum, or no drive that has the whole history. */
    record Unreadable(String reason) implements VersionsOutcome {}
}
