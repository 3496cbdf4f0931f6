package io.azekura.actors.object;

import io.azekura.actors.object.ListingPass.DriveFailedException;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Lists the live registers of a space, page by page (register rule 19). A page merges the ordered cursors of just
 * enough drives to have a read quorum of every partition; keys that these cannot decide are read from their registers,
 * and the page is merged again with what was found. A drive that fails or hangs is replaced by starting the page over
 * with others; without a quorum the page is refused, never shortened. Cost grows with what the page returns and the
 * tombstones between.
 */
final class Listing {
    /** Merges of one page before it is given up: each but the last met a failed drive or an undecided key. */
    private static final int PASSES_MAX = 64;

    /** Undecided keys whose registers are read at the same time. */
    private static final int READS_AT_ONCE = 32;

    private final Layout layout;
    private final List<StripeSet> stripeSets;
    private final List<Lane> lanes;
    private final Register register;
    private final Executor io;
    private final Duration driveBound;

    /**
     * @param lanes every drive of the layout, in its order
     * @param driveBound how long one drive may keep a merge waiting
     */
    Listing(Layout layout, List<Lane> lanes, Register register, Executor io, Duration driveBound) {
        this.layout = layout;
        this.stripeSets = layout.stripeSets().stream().distinct().toList();
        this.lanes = lanes;
        this.register = register;
        this.io = io;
        this.driveBound = driveBound;
    }

    /** One page of a space; an empty delimiter groups nothing, {@code from} is inclusive. */
    record Query(long space, Bytes prefix, Bytes delimiter, Bytes from, int entriesMax) {}

    record Entry(Bytes key, State state) {}

    sealed interface Outcome {}

    /** {@code next} is the first key that did not fit, or null. */
    record ListedPage(
            List<Entry> entries,
            List<Bytes> prefixes,
            @Nullable Bytes next) implements Outcome {}

    record NoQuorum(String reason) implements Outcome {}

    /** What a closed space has left. */
    enum Occupancy {
        EMPTY,
        OCCUPIED,
        /** A write is pending on some drive, and cannot be finished while the space is closed. */
        UNDECIDED,
        UNKNOWN
    }

    CompletionStage<Outcome> page(Query query) {
        return new Run(query, false).pass();
    }

    /**
     * Whether a space that is closed on a majority of every partition has live registers. Asks every drive that
     * answers and finishes nothing, because in a closed space nothing can be finished.
     */
    CompletionStage<Occupancy> occupancy(long space) {
        Run run = new Run(new Query(space, Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY, 1), true);
        return run.pass().thenApply(outcome -> {
            if (!(outcome instanceof ListedPage page)) {
                return Occupancy.UNKNOWN;
            }
            if (run.leftUndecided) {
                return Occupancy.UNDECIDED;
            }
            return page.entries().isEmpty() ? Occupancy.EMPTY : Occupancy.OCCUPIED;
        });
    }

    /** One page on its way, over as many merges as it takes. */
    private final class Run {
        private final Query query;
        private final boolean isClosed;
        private final Set<Integer> failed = new HashSet<>();
        private final Map<Bytes, State> resolved = new HashMap<>();
        private int passes;
        private volatile boolean leftUndecided;

        private Run(Query query, boolean isClosed) {
            this.query = query;
            this.isClosed = isClosed;
        }

        private CompletionStage<Outcome> pass() {
            Map<Integer, Lane> drives = choose();
            if (drives.isEmpty() || ++passes > PASSES_MAX) {
                return CompletableFuture.completedStage(
                        new NoQuorum(failed.size() + " drives failed under a listing, in " + passes + " merges"));
            }
            ListingPass pass = new ListingPass(query, drives, layout, resolved);
            CompletableFuture<ListedPage> merged = CompletableFuture.supplyAsync(() -> Lane.unchecked(pass::run), io);
            watch(pass, merged);
            return merged.handle((page, failure) -> page != null ? accept(page, pass) : retry(failure))
                    .thenCompose(next -> next);
        }

        private CompletionStage<Outcome> accept(ListedPage page, ListingPass pass) {
            if (pass.undecided().isEmpty()) {
                return CompletableFuture.completedStage(page);
            }
            if (isClosed) {
                leftUndecided = true;
                return CompletableFuture.completedStage(page);
            }
            return resolve(pass.undecided(), 0)
                    .thenCompose(refusal ->
                            refusal.isEmpty() ? pass() : CompletableFuture.completedStage(new NoQuorum(refusal)));
        }

        private CompletionStage<Outcome> retry(@Nullable Throwable failure) {
            if (failure != null && PeerWait.unwrapped(failure) instanceof DriveFailedException driveFailure) {
                failed.add(driveFailure.drive());
                return pass();
            }
            return CompletableFuture.failedStage(
                    failure != null ? failure : new IllegalStateException("a merge ended without a page"));
        }

        /** Reads the registers in turns; the reason why one could not be read, or empty. */
        private CompletionStage<String> resolve(List<RegisterKey> keys, int from) {
            if (from >= keys.size()) {
                return CompletableFuture.completedStage("");
            }
            int to = Math.min(keys.size(), from + READS_AT_ONCE);
            CompletionStage<String> result = CompletableFuture.completedStage("");
            for (RegisterKey key : keys.subList(from, to)) {
                result = result.thenCombine(register.read(key), (refusal, outcome) -> {
                    if (outcome instanceof Value value) {
                        synchronized (resolved) {
                            resolved.put(key.key(), value.state());
                        }
                        return refusal;
                    }
                    return "a listed key cannot be read: " + outcome;
                });
            }
            return result.thenCompose(
                    refusal -> refusal.isEmpty() ? resolve(keys, to) : CompletableFuture.completedStage(refusal));
        }

        /** Fails the merge when one drive keeps it waiting for too long; its thread is left to the drive. */
        private void watch(ListingPass pass, CompletableFuture<ListedPage> merged) {
            Deadline.after(driveBound, merged, () -> {
                int stuck = pass.driveStuckFor(driveBound.toNanos());
                if (stuck >= 0) {
                    lanes.get(stuck).suspect();
                    merged.completeExceptionally(new DriveFailedException(stuck, driveBound));
                } else {
                    watch(pass, merged);
                }
            });
        }

        /** Drives that together have a read quorum of every partition, by their place in the layout; none when there are too few. */
        private Map<Integer, Lane> choose() {
            int[] missing = new int[stripeSets.size()];
            for (int i = 0; i < missing.length; i++) {
                missing[i] = stripeSets.get(i).readQuorum();
            }
            Map<Integer, Lane> chosen = new TreeMap<>();
            for (int drive : candidates()) {
                boolean helps = isClosed;
                for (int i = 0; i < missing.length; i++) {
                    if (stripeSets.get(i).drives().contains(drive)) {
                        helps |= missing[i]-- > 0;
                    }
                }
                if (helps) {
                    chosen.put(drive, lanes.get(drive));
                }
            }
            for (int more : missing) {
                if (more > 0) {
                    return Map.of();
                }
            }
            return chosen;
        }

        /** Drives that did not fail, in turn, suspected ones last. */
        private List<Integer> candidates() {
            List<Integer> order = new ArrayList<>(lanes.size());
            for (int drive = 0; drive < lanes.size(); drive++) {
                if (!failed.contains(drive)) {
                    order.add(drive);
                }
            }
            if (!order.isEmpty()) {
                Collections.rotate(order, ThreadLocalRandom.current().nextInt(order.size()));
            }
            order.sort(Comparator.comparing(drive -> lanes.get(drive).isSuspect()));
            return order;
        }
    }
}
