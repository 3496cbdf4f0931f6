package io.azekura.persistence.drive.crash;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;

/**
 * Shows what a power cut could have left at every point of a recorded run: between any two calls, everything kept, all lost
 * that was not synced, every subset of it where there are few changes and drawn ones where there are many, and writes
 * torn by sectors. Each state is shown once. One thread.
 */
public final class CrashStates {
    /** Up to so many unsynced changes all subsets are tried, provided they fit the number of states per point. */
    private static final int EXHAUSTIVE_MAX = 4;

    private static final int DIRECTORIES_PER_POINT = 32;

    private final Random random;
    private final Sampling sampling;
    private final DiskModel model;
    private final Set<Long> shown = new HashSet<>();
    private final List<SortedMap<String, byte[]>> snapshots = new ArrayList<>();
    private final BitSet submitted;
    private final BitSet acknowledged;

    /**
     * A disk after a power cut.
     *
     * @param point number of calls before the cut
     * @param submitted operations whose effects may be there
     * @param acknowledged operations whose effects must be there
     * @param fates what became of the changes that were not synced, for messages
     */
    public record State(int point, DiskImage image, BitSet submitted, BitSet acknowledged, String fates) {}

    /** Is shown every state; the image is only valid until it returns. */
    @FunctionalInterface
    public interface Visitor {
        /** Returns false when it has seen enough. */
        boolean visit(State state) throws Exception;
    }

    /** How many states are shown of each point, and of how many points on average only one is shown. */
    public record Sampling(int statesPerPoint, int pointsPerShown) {}

    /** A run that begins on this image, with what earlier runs submitted, and had acknowledged. */
    public CrashStates(DiskImage base, BitSet submitted, BitSet acknowledged, Sampling sampling, Random random) {
        this.model = new DiskModel(base);
        this.submitted = (BitSet) submitted.clone();
        this.acknowledged = (BitSet) acknowledged.clone();
        this.sampling = sampling;
        this.random = random;
    }

    /** Walks through a run and shows the states of every point, to its end. */
    public void visit(List<DiskCall> calls, Visitor visitor) throws Exception {
        boolean wantsMore = true;
        for (int point = 0; point < calls.size() && wantsMore; point++) {
            advance(calls.get(point));
            if (isPoint(calls, point + 1) && random.nextInt(sampling.pointsPerShown()) == 0) {
                wantsMore = show(point + 1, visitor);
            }
        }
    }

    /** Walks to the end of a run and shows states of that point only. */
    public void visitEnd(List<DiskCall> calls, Visitor visitor) throws Exception {
        calls.forEach(this::advance);
        show(calls.size(), visitor);
    }

    /** Between marks there is nothing to be seen, and between many new directories little. */
    private boolean isPoint(List<DiskCall> calls, int next) {
        if (next == calls.size()) {
            return true;
        }
        boolean isOneOfMany = calls.get(next - 1) instanceof DiskCall.MakeDirectory
                && calls.get(next) instanceof DiskCall.MakeDirectory;
        return isCall(calls.get(next)) && (!isOneOfMany || random.nextInt(DIRECTORIES_PER_POINT) == 0);
    }

    private static boolean isCall(DiskCall entry) {
        return !(entry instanceof DiskCall.Submitted
                || entry instanceof DiskCall.Acknowledged
                || entry instanceof DiskCall.Snapshot);
    }

    private void advance(DiskCall entry) {
        if (entry instanceof DiskCall.Submitted mark) {
            submitted.set(mark.operation());
        } else if (entry instanceof DiskCall.Acknowledged mark) {
            acknowledged.set(mark.operation());
        } else if (entry instanceof DiskCall.Snapshot snapshot) {
            snapshots.add(snapshot.files());
        } else {
            model.apply(entry);
        }
    }

    private boolean show(int point, Visitor visitor) throws Exception {
        List<DiskCall.Change> pending = model.pending();
        for (List<Fate> fates : fates(pending)) {
            DiskImage image = model.image(fates);
            SnapshotChoice.drawn(snapshots, random)
                    .forEach((file, bytes) -> image.files().put(file, DiskImage.Content.of(bytes)));
            long digest = image.digest() * 31 + acknowledged.hashCode();
            if (shown.add(digest)) {
                State state = new State(
                        point,
                        image,
                        (BitSet) submitted.clone(),
                        (BitSet) acknowledged.clone(),
                        described(pending, fates));
                if (!visitor.visit(state)) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<List<Fate>> fates(List<DiskCall.Change> pending) {
        int states = sampling.statesPerPoint();
        int count = pending.size();
        List<List<Fate>> fates = new ArrayList<>();
        fates.add(Collections.nCopies(count, Fate.KEPT));
        fates.add(Collections.nCopies(count, Fate.LOST));
        if (count <= EXHAUSTIVE_MAX && 1 << count <= states) {
            for (int subset = 1; subset < (1 << count) - 1; subset++) {
                List<Fate> chosen = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    chosen.add((subset >>> i & 1) == 1 ? Fate.KEPT : Fate.LOST);
                }
                fates.add(chosen);
            }
        }
        boolean isTearable = pending.stream().anyMatch(CrashStates::isTearable);
        while (fates.size() < states && (isTearable || count > EXHAUSTIVE_MAX)) {
            fates.add(pending.stream().map(this::drawn).toList());
        }
        return fates;
    }

    private Fate drawn(DiskCall.Change change) {
        int kind = random.nextInt(10);
        if (kind < 3) {
            return Fate.LOST;
        }
        if (kind < 5 || !isTearable(change)) {
            return kind % 2 == 0 ? Fate.LOST : Fate.KEPT;
        }
        Fate.Tear[] tears = Fate.Tear.values();
        return new Fate.Torn(tears[random.nextInt(tears.length)], random.nextLong());
    }

    /** Zeros written to a file that is being prepared are as good as its length. */
    private static boolean isTearable(DiskCall.Change change) {
        if (!(change instanceof DiskCall.Write write)) {
            return false;
        }
        for (byte one : write.bytes()) {
            if (one != 0) {
                return true;
            }
        }
        return false;
    }

    private static String described(List<DiskCall.Change> pending, List<Fate> fates) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pending.size(); i++) {
            DiskCall.Change change = pending.get(i);
            String what = change instanceof DiskCall.Write write
                    ? "write of " + write.bytes().length + " at " + write.offset() + " of inode " + write.inode()
                    : change.toString();
            text.append("\n  ").append(what).append(": ").append(fates.get(i));
        }
        return text.toString();
    }
}
