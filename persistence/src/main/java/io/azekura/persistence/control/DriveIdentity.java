package io.azekura.persistence.control;

import io.azekura.persistence.drive.DriveId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what was found on a disk is the drive that it says it is (register rule 8). A drive that was rolled back, cloned
 * or wiped has forgotten what it promised and accepted; under its old id it would vote for a past that is not so. It gets
 * a new id, and enters as a learner.
 */
public class DriveIdentity {
    /**
     * What the disk says of itself.
     *
     * @param boot the boot number that was last made durable, before the mount was entered in the control log
     * @param mount the random name of that mount
     * @param sequence how many records its log had when it was mounted, before anything was added to it
     */
    public record Found(DriveId drive, long boot, long mount, long sequence) {}

    /** The furthest that a peer saw the drive: replies carry both numbers. */
    public record HighWater(long boot, long sequence) {}

    public sealed interface Verdict {}

    /** Note boot {@code from + 1} on the disk, then enter it in the control log, then serve. */
    public record Mount(long from) implements Verdict {}

    /** It is not, or no longer, the drive of this id. */
    public record NewDrive(String reason) implements Verdict {}

    /** Too few peers said what they remember: ask again. */
    public record Wait(String reason) implements Verdict {}

    /**
     * What the peers answered.
     *
     * @param marks of the peers that ever heard of the drive
     * @param answered how many answered, whether they had heard of it or not
     * @param needed how many must, before their silence about the drive means anything
     */
    public record Peers(Collection<HighWater> marks, int answered, int needed) {
        public Peers {
            marks = List.copyOf(marks);
        }
    }

    /**
     * Judges by what the peers alone say: it is found out, or too few have answered yet; null when enough remember no more
     * of it than is there. Before that it takes no part in the control log, in which its mount has to be entered.
     */
    public final @Nullable Verdict hearsay(Found found, Peers peers) {
        if (isBehind(found, peers.marks())) {
            return new NewDrive("peers have seen more of it than is there");
        }
        return peers.answered() < peers.needed()
                ? new Wait("only " + peers.answered() + " of " + peers.needed() + " peers answered")
                : null;
    }

    /** Judges once enough peers answered; what one of them has seen is enough to find the drive out. */
    public final Verdict judge(Found found, ControlState state, Peers peers) {
        Verdict verdict = judge(found, state, peers.marks());
        Verdict heard = hearsay(found, peers);
        return verdict instanceof Mount && heard != null ? heard : verdict;
    }

    /** Judges by what the peers remember; must not be asked before enough of them answered. */
    public Verdict judge(Found found, ControlState state, Collection<HighWater> peers) {
        if (isBehind(found, peers)) {
            return new NewDrive("peers have seen more of it than is there");
        }
        ControlState.@Nullable DriveEntry entry = state.drive(found.drive());
        if (entry == null) {
            return new Mount(0);
        }
        if (entry.isEvicted()) {
            return new NewDrive("the drive was evicted");
        }
        boolean isLastMount = entry.boot() == found.boot() && (entry.mount() == found.mount() || entry.boot() == 0);
        // The disk may be one ahead: it was noted there and never entered.
        boolean isOneAhead = entry.boot() + 1 == found.boot();
        return isLastMount || isOneAhead
                ? new Mount(entry.boot())
                : new NewDrive("the control log knows mount " + entry.boot() + " and the disk " + found.boot());
    }

    /** Whether a peer has a reply of the drive from further on than what is there. */
    protected boolean isBehind(Found found, Collection<HighWater> peers) {
        return peers.stream().anyMatch(peer -> peer.boot() > found.boot() || peer.sequence() > found.sequence());
    }
}
