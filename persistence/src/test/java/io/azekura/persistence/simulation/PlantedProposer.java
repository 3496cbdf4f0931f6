package io.azekura.persistence.simulation;

import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.Timing;
import java.util.function.DoubleSupplier;

/** A proposer with one flaw. */
final class PlantedProposer<R> extends Proposer<R> {
    private final Flaw flaw;

    enum Flaw {
        /** What most drives accepted is done, whether or not it can be read. */
        COUNTS_NO_SHARDS,
        /** As many shards as are needed to read are enough to acknowledge. */
        KEEPS_NO_SPARE,
        /** Repeats its change without a look for it. */
        RETRIES_BLINDLY,
        /** Takes what the ring has lost for what never was. */
        TRUSTS_A_FULL_RING,
        /** Takes a collected tombstone for what never was. */
        FORGETS_COLLECTIONS,
        /** Builds on the highest row as if it were chosen. */
        TAKES_HIGHEST_FOR_CHOSEN,
        /** Says that all drives have what most have. */
        SAYS_EVERYWHERE
    }

    PlantedProposer(
            Flaw flaw,
            RegisterKey key,
            OperationId operation,
            Change<R> change,
            Quorum quorum,
            long layoutVersion,
            Timing timing,
            BallotSource ballots,
            DoubleSupplier random) {
        super(key, operation, change, quorum, layoutVersion, timing, ballots, random);
        this.flaw = flaw;
    }

    /** The real parts with this proposer among them. */
    static Variant variant(Flaw flaw) {
        return new Variant() {
            @Override
            <R> Proposer<R> proposer(
                    RegisterKey key,
                    OperationId operation,
                    Change<R> change,
                    Quorum quorum,
                    long layoutVersion,
                    Timing timing,
                    BallotSource ballots,
                    DoubleSupplier random) {
                return new PlantedProposer<>(
                        flaw, key, operation, change, quorum, layoutVersion, timing, ballots, random);
            }
        };
    }

    @Override
    protected boolean suffices(Content content, int replicas) {
        return switch (flaw) {
            case COUNTS_NO_SHARDS -> quorum().isWrite(replicas);
            case KEEPS_NO_SPARE -> isReadable(content, replicas);
            default -> super.suffices(content, replicas);
        };
    }

    @Override
    protected boolean isReadable(Content content, int replicas) {
        return flaw == Flaw.COUNTS_NO_SHARDS ? quorum().isWrite(replicas) : super.isReadable(content, replicas);
    }

    @Override
    protected boolean isApplied(OperationId id, State current) {
        return flaw != Flaw.RETRIES_BLINDLY && super.isApplied(id, current);
    }

    @Override
    protected boolean isKnownUnapplied(State current, Ballot lastAccept, Ballot collected) {
        return switch (flaw) {
            case RETRIES_BLINDLY -> true;
            case TRUSTS_A_FULL_RING -> lastAccept.compareTo(collected) > 0;
            case FORGETS_COLLECTIONS -> super.isKnownUnapplied(current, lastAccept, Ballot.ZERO);
            default -> super.isKnownUnapplied(current, lastAccept, collected);
        };
    }

    @Override
    protected boolean isChosen(Ballot accepted, Ballot settled, int holders) {
        return flaw == Flaw.TAKES_HIGHEST_FOR_CHOSEN || super.isChosen(accepted, settled, holders);
    }

    @Override
    protected boolean isEverywhere(int have) {
        return flaw == Flaw.SAYS_EVERYWHERE || super.isEverywhere(have);
    }
}
