package io.azekura.actors.object;

import io.azekura.actors.object.PeerWait.Done;
import io.azekura.actors.object.PeerWait.Late;
import io.azekura.actors.object.PeerWait.Outcome;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content.Sharded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The shards of one large body on their way to the shard files of a stripe set. A drive that fails, or lags behind
 * enough of its peers, is given up for this write; when too few are left to acknowledge it the next step fails with
 * {@link TooFewDrivesException}. Whoever began a write ends it by {@link #finish} or {@link #abort}.
 */
final class StreamedWrite {
    private final StripeSet set;
    private final List<Lane> lanes;
    private final ShardPlan plan;
    private final ShardBuffers buffers;
    private final GatewaySettings settings;
    private final List<ShardLane> shardLanes = new ArrayList<>();
    private final BitSet live = new BitSet();
    private Throwable lastFailure = new IOException("no drive failed");

    /** {@code lanes} are the drives of the set, in order. */
    StreamedWrite(
            DataId id,
            StripeGeometry geometry,
            StripeSet set,
            List<Lane> lanes,
            ShardBuffers buffers,
            GatewaySettings settings) {
        this.set = set;
        this.lanes = lanes;
        this.plan = new ShardPlan(id, geometry, set);
        this.buffers = buffers;
        this.settings = settings;
        for (Lane lane : lanes) {
            shardLanes.add(new ShardLane(lane, id, geometry.shardBytes()));
        }
        live.set(0, set.size());
    }

    /** Creates the shard files; displaces shards when fewer than k + 1 home drives answer. */
    CompletionStage<Void> begin() {
        return onAll(live(), position -> shardLanes.get(position).create(position), plan::suffices, true)
                .thenCompose(late -> {
                    BitSet answered = live();
                    if (plan.suffices(answered)) {
                        return CompletableFuture.completedFuture(late);
                    }
                    BitSet hosts = plan.displace(answered);
                    return onAll(hosts, this::createDisplaced, done -> plan.suffices(without(hosts, done)), true);
                })
                .thenAccept(late -> requireEnough());
    }

    /** Appends one batch to every shard; batches in flight keep their order. */
    CompletionStage<StripeBatch> write(StripeBatch batch) {
        return onAll(live(), position -> shardLanes.get(position).append(batch), plan::suffices, false)
                .thenApply(late -> {
                    if (!late) {
                        buffers.give(batch.shards());
                    }
                    requireEnough();
                    return batch;
                });
    }

    /** Makes the shards durable, and tells where they are. */
    CompletionStage<Sharded> finish() {
        return onAll(live(), position -> shardLanes.get(position).finish(), plan::suffices, false)
                .thenApply(late -> {
                    requireEnough();
                    return plan.content(live());
                });
    }

    /** Removes whatever was written, in the background. Also right after {@link #finish}, if no row came of it. */
    void abort() {
        shardLanes.forEach(ShardLane::abandon);
    }

    private CompletableFuture<ShardLane> createDisplaced(int host) {
        ShardLane lane = shardLanes.get(host);
        CompletableFuture<ShardLane> created = CompletableFuture.completedFuture(lane);
        for (int shard : plan.shardsOf(host)) {
            if (shard != host) {
                created = lane.create(shard);
            }
        }
        return created;
    }

    /** Runs a step on each of the positions, gives up the drives that did not do it, and tells whether one was late. */
    private CompletionStage<Boolean> onAll(
            BitSet positions,
            Function<Integer, CompletableFuture<ShardLane>> step,
            Predicate<BitSet> enough,
            boolean mayDisplace) {
        int[] order = positions.stream().toArray();
        List<CompletableFuture<ShardLane>> parts = new ArrayList<>(order.length);
        for (int position : order) {
            parts.add(step.apply(position));
        }
        return PeerWait.of(
                        parts,
                        done -> enough.test(translated(done, order)),
                        settings.writeGrace(),
                        mayDisplace ? settings.writeGrace() : settings.writeBound())
                .thenApply(outcomes -> giveUpFailed(order, outcomes));
    }

    private boolean giveUpFailed(int[] order, List<Outcome<ShardLane>> outcomes) {
        boolean late = false;
        for (int i = 0; i < order.length; i++) {
            if (!(outcomes.get(i) instanceof Done<ShardLane>)) {
                if (outcomes.get(i) instanceof Late<ShardLane>) {
                    late = true;
                    lanes.get(order[i]).suspect();
                }
                giveUp(order[i], PeerWait.cause(outcomes.get(i)));
            }
        }
        return late;
    }

    private synchronized void giveUp(int position, Throwable cause) {
        if (live.get(position)) {
            live.clear(position);
            lastFailure = cause;
            shardLanes.get(position).abandon();
        }
    }

    private synchronized BitSet live() {
        return (BitSet) live.clone();
    }

    private synchronized void requireEnough() {
        if (!plan.suffices(live)) {
            throw new CompletionException(new TooFewDrivesException(lastFailure));
        }
    }

    /** The live drives if of those in {@code asked} only {@code done} answered. */
    private BitSet without(BitSet asked, BitSet done) {
        BitSet rest = live();
        rest.andNot(asked);
        rest.or(done);
        return rest;
    }

    private BitSet translated(BitSet indices, int[] order) {
        BitSet positions = new BitSet(set.size());
        indices.stream().forEach(index -> positions.set(order[index]));
        return positions;
    }
}
