package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a proposer and the acceptors of one register say to each other. Every reply is a fact about one drive. */
public final class Messages {
    private Messages() {}

    /** Asks a drive to promise the ballot and to tell what it has. */
    public record Prepare(RegisterKey key, Ballot ballot) {}

    /**
     * Asks a drive to accept a state. {@code position} is the drive's place in the stripe set, which tells it the
     * shards it must have; {@code body} are the bytes of a {@link Content.Whole}, null for any other content;
     * {@code edits} lead from the older versions that {@code base} covers to those of the state (register rule 6).
     */
    public record Accept(
            RegisterKey key,
            Ballot ballot,
            State state,
            int position,
            @Nullable Bytes body,
            History base,
            List<VersionEdit> edits) {
        public Accept {
            edits = List.copyOf(edits);
        }

        /** An accept that leaves the older versions alone. */
        public Accept(RegisterKey key, Ballot ballot, State state, int position, @Nullable Bytes body) {
            this(key, ballot, state, position, body, state.history(), List.of());
        }

        /**
         * Whether this only finishes a state that was made under an older ballot. Such a state is part of its bucket
         * as it was then, so that a later configuration version does not keep it out; a closed bucket does.
         */
        public boolean isFinishing() {
            List<AppliedOperation> applied = state.applied();
            if (applied.isEmpty()) {
                // No operation made it: the tombstone that a reaffirmed register without a state becomes, and nothing
                // else.
                return state.kind() == State.Kind.TOMBSTONE && state.value().length() == 0;
            }
            return applied.get(applied.size() - 1).ballot().compareTo(ballot) < 0;
        }
    }

    /** The answer to a plain read of the durable slot. */
    public sealed interface ReadReply {}

    public sealed interface PrepareReply {}

    public sealed interface AcceptReply {}

    /**
     * The drive's highest row and the highest ballot it knows chosen. {@code body} may be the bytes of its
     * {@link Content.Whole}, so that a small read needs no second round trip.
     */
    public record Found(Row row, Ballot settled, @Nullable Bytes body) implements ReadReply {
        public Found(Row row, Ballot settled) {
            this(row, settled, null);
        }
    }

    /** The drive certainly has nothing for the key: it never accepted anything, or collected the tombstone. */
    public record Nothing() implements ReadReply {}

    /**
     * The ballot is promised. {@code row} is the highest accepted row or null; {@code body} its bytes when it is an
     * unsettled {@link Content.Whole}, so that whoever finishes it needs no further round trip. {@code base} is what the
     * edits of the row lead from. {@code collected} is the ballot up to which the drive may have had a tombstone and
     * collected it, zero unless there is no row (register rule 11).
     */
    public record Promised(
            @Nullable Row row, Ballot settled, @Nullable Bytes body, History base, Ballot collected)
            implements PrepareReply {
        public Promised(@Nullable Row row, Ballot settled, @Nullable Bytes body) {
            this(row, settled, body, row == null ? History.EMPTY : row.state().history(), Ballot.ZERO);
        }
    }

    /** The row is on stable storage and visible to this drive's reads and scans. */
    public record Accepted() implements AcceptReply {}

    /** The ballot is not above what the drive promised, accepted, or may have promised before a restart. */
    public record Refused(Ballot greatest) implements PrepareReply, AcceptReply {}

    /** The space is closed, or its configuration is newer than the writer's (register rule 10). */
    public record Fenced(long configVersion, boolean closed) implements AcceptReply {}

    /** The state says that this drive holds a shard which it does not have (register rule 16). */
    public record MissingShard(int shard) implements AcceptReply {}

    /** The drive has other older versions than the accept is based on; it must catch up before it can take part. */
    public record Behind(History base) implements AcceptReply {}

    /** The version time is too far ahead of the drive's clock, and does not follow from the state (register rule 12). */
    public record ClockAhead(long aheadMicros) implements AcceptReply {}

    /** The data id was marked dead by a scavenger: no row may name it any more (register rule 16). */
    public record DeadData() implements AcceptReply {}

    /** The drive knows a newer layout than the request was made under (register rule 9); it did nothing. */
    public record StaleLayout(long version) implements ReadReply, PrepareReply, AcceptReply {}

    /** The drive has no room for new data. */
    public record NoSpace() implements AcceptReply {}

    /** The drive cannot tell: damaged, faulty, being rebuilt, or no answer in time. Never counted. */
    public record Unknown(String reason) implements ReadReply, PrepareReply, AcceptReply {}
}
