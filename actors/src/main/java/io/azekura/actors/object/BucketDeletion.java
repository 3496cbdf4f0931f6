package io.azekura.actors.object;

import io.azekura.actors.object.BucketDirectory.NoAnswer;
import io.azekura.actors.object.BucketDirectory.Present;
import io.azekura.actors.object.Listing.ListedPage;
import io.azekura.actors.object.Listing.NoQuorum;
import io.azekura.actors.object.Listing.Occupancy;
import io.azekura.actors.object.Listing.Query;
import io.azekura.actors.protocol.ObjectStore.BucketDeleted;
import io.azekura.actors.protocol.ObjectStore.BucketNotEmpty;
import io.azekura.actors.protocol.ObjectStore.Conflict;
import io.azekura.actors.protocol.ObjectStore.DeleteBucketReply;
import io.azekura.actors.protocol.ObjectStore.NoSuchBucket;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Deletes buckets (register rule 10): mark the bucket closing, have a majority of every partition's drives refuse
 * writes to it, list what is there, and then commit or reopen. A crash in between leaves a bucket that is closing;
 * {@link #finish} takes it on from there.
 */
final class BucketDeletion {
    private final Register register;
    private final BucketDirectory directory;
    private final Listing listing;
    private final List<StripeSet> stripeSets;
    private final List<Lane> lanes;
    private final Identifiers identifiers;
    private final GatewaySettings settings;
    private final Set<BucketName> underWay = ConcurrentHashMap.newKeySet();

    /** {@code lanes} are all drives of the layout, in its order. */
    BucketDeletion(
            Register register,
            BucketDirectory directory,
            Listing listing,
            Layout layout,
            List<Lane> lanes,
            Identifiers identifiers,
            GatewaySettings settings) {
        this.register = register;
        this.directory = directory;
        this.listing = listing;
        this.stripeSets = layout.stripeSets().stream().distinct().toList();
        this.lanes = lanes;
        this.identifiers = identifiers;
        this.settings = settings;
    }

    CompletionStage<DeleteBucketReply> delete(BucketName name) {
        return exclusively(name, () -> directory.read(name).thenCompose(lookup -> {
            if (lookup instanceof Present present) {
                return present.bucket().closing() ? judge(present.bucket()) : closeIfEmpty(present.bucket());
            }
            return reply(lookup instanceof NoAnswer noAnswer ? new Unavailable(noAnswer.reason()) : new NoSuchBucket());
        }));
    }

    /**
     * Commits or reverts the deletion that another process start left behind. Answers {@link Conflict} when this
     * process is at it already.
     */
    CompletionStage<DeleteBucketReply> finish(BucketRecord closing) {
        return exclusively(closing.name(), () -> judge(closing));
    }

    private CompletionStage<DeleteBucketReply> exclusively(
            BucketName name, Supplier<CompletionStage<DeleteBucketReply>> action) {
        if (!underWay.add(name)) {
            return reply(new Conflict());
        }
        return action.get().whenComplete((done, failure) -> {
            directory.forget(name);
            underWay.remove(name);
        });
    }

    /** Looks before it closes, so that trying to delete a full bucket disturbs none of its writers. */
    private CompletionStage<DeleteBucketReply> closeIfEmpty(BucketRecord bucket) {
        Query first = new Query(bucket.incarnation(), Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY, 1);
        return listing.page(first).thenCompose(outcome -> {
            if (outcome instanceof NoQuorum noQuorum) {
                return reply(new Unavailable(noQuorum.reason()));
            }
            if (outcome instanceof ListedPage page && !page.entries().isEmpty()) {
                return reply(new BucketNotEmpty());
            }
            BucketRecord closing = next(bucket, true);
            return change(bucket.name(), current -> BucketDirectory.replace(current, bucket, closing))
                    .thenCompose(changed -> afterChange(changed, () -> judge(closing)));
        });
    }

    private CompletionStage<DeleteBucketReply> judge(BucketRecord closing) {
        return fence(closing).thenCompose(isFenced -> {
            if (!isFenced) {
                return reopen(closing, new Unavailable("too few drives close the bucket"));
            }
            return listing.occupancy(closing.incarnation()).thenCompose(occupancy -> settle(closing, occupancy));
        });
    }

    private CompletionStage<DeleteBucketReply> settle(BucketRecord closing, Occupancy occupancy) {
        return switch (occupancy) {
            case EMPTY ->
                change(closing.name(), current -> BucketDirectory.remove(current, closing))
                        .thenCompose(changed -> afterChange(changed, () -> reply(new BucketDeleted())));
            case OCCUPIED -> reopen(closing, new BucketNotEmpty());
            case UNDECIDED -> reopen(closing, new Conflict());
            case UNKNOWN -> reopen(closing, new Unavailable("too few drives to tell whether the bucket is empty"));
        };
    }

    private CompletionStage<DeleteBucketReply> reopen(BucketRecord closing, DeleteBucketReply reply) {
        BucketRecord open = next(closing, false);
        return change(closing.name(), current -> BucketDirectory.replace(current, closing, open))
                .thenCompose(changed -> afterChange(changed, () -> fence(open).thenApply(isOpen -> reply)));
    }

    private CompletionStage<DeleteBucketReply> afterChange(
            ChangeOutcome<State> outcome, Supplier<CompletionStage<DeleteBucketReply>> next) {
        if (outcome instanceof Applied<State>) {
            return next.get();
        }
        if (outcome instanceof Declined<State> declined) {
            return reply(declined.current().isLive() ? new Conflict() : new NoSuchBucket());
        }
        return reply(new Unavailable(outcome.toString()));
    }

    private CompletionStage<ChangeOutcome<State>> change(BucketName name, Function<State, Decision<State>> decide) {
        return register.<State>change(BucketDirectory.key(name), identifiers.nextOperation(), decide::apply)
                .whenComplete((outcome, failure) -> directory.forget(name));
    }

    /** Has all drives refuse, or take again, writes to the bucket; true once a majority of every partition does. */
    private CompletionStage<Boolean> fence(BucketRecord bucket) {
        List<CompletableFuture<Lane>> parts = new ArrayList<>(lanes.size());
        for (Lane lane : lanes) {
            parts.add(lane.drive()
                    .fence(bucket.incarnation(), bucket.configVersion(), bucket.closing())
                    .<Lane>thenApply(done -> lane)
                    .toCompletableFuture());
        }
        return PeerWait.of(parts, this::isMajorityEverywhere, settings.writeGrace(), settings.writeBound())
                .thenApply(outcomes -> {
                    BitSet done = new BitSet();
                    for (int drive = 0; drive < outcomes.size(); drive++) {
                        done.set(drive, outcomes.get(drive) instanceof PeerWait.Done<Lane>);
                    }
                    return isMajorityEverywhere(done);
                });
    }

    private boolean isMajorityEverywhere(BitSet drives) {
        for (StripeSet set : stripeSets) {
            long have = set.drives().stream().filter(drives::get).count();
            if (have < set.majority()) {
                return false;
            }
        }
        return true;
    }

    private static BucketRecord next(BucketRecord bucket, boolean closing) {
        return new BucketRecord(
                bucket.name(), bucket.incarnation(), bucket.configVersion() + 1, bucket.createdMicros(), closing);
    }

    private static CompletionStage<DeleteBucketReply> reply(DeleteBucketReply reply) {
        return CompletableFuture.completedStage(reply);
    }
}
