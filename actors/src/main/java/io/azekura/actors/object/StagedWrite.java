package io.azekura.actors.object;

import io.azekura.actors.object.PeerWait.Done;
import io.azekura.actors.object.PeerWait.Late;
import io.azekura.actors.object.PeerWait.Outcome;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content.Sharded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The shards of a body of one batch on their way into the logs of a stripe set. As the shards are in memory, those of a
 * drive that fails can still be given to another: a write that cannot be acknowledged with the shards at home displaces
 * the missing ones before it fails with {@link TooFewDrivesException}.
 */
final class StagedWrite {
    private final DataId id;
    private final StripeSet set;
    private final List<Lane> lanes;
    private final ShardPlan plan;
    private final StripeBatch batch;
    private final GatewaySettings settings;
    private final BitSet live = new BitSet();
    private boolean late;
    private Throwable lastFailure = new IOException("no drive failed");

    /** {@code lanes} are the drives of the set, in order. */
    StagedWrite(
            DataId id,
            StripeGeometry geometry,
            StripeSet set,
            List<Lane> lanes,
            StripeBatch batch,
            GatewaySettings settings) {
        this.id = id;
        this.set = set;
        this.lanes = lanes;
        this.plan = new ShardPlan(id, geometry, set);
        this.batch = batch;
        this.settings = settings;
        live.set(0, set.size());
    }

    /** Makes the shards durable, and tells where they are; a failed write leaves nothing behind. */
    CompletionStage<Sharded> stage(ShardBuffers buffers) {
        BitSet all = (BitSet) live.clone();
        return stageOn(all, List.of())
                .thenCompose(first -> {
                    if (plan.suffices(live)) {
                        return CompletableFuture.completedFuture(first);
                    }
                    List<Integer> home = new ArrayList<>();
                    live.stream().forEach(home::add);
                    return stageOn(plan.displace(live), home);
                })
                .thenApply(ended -> {
                    if (!late) {
                        buffers.give(batch.shards());
                    }
                    if (!plan.suffices(live)) {
                        discard();
                        throw new CompletionException(new TooFewDrivesException(lastFailure));
                    }
                    return plan.content(live);
                });
    }

    /** Forgets what was staged, in the background: no row came of it. */
    void discard() {
        for (int position = 0; position < set.size(); position++) {
            discardOn(lanes.get(position));
        }
    }

    /** Stages on each of the positions what the plan gives it beyond the shards that are there already. */
    private CompletionStage<BitSet> stageOn(BitSet positions, List<Integer> present) {
        int[] order = positions.stream().toArray();
        List<CompletionStage<Integer>> parts = new ArrayList<>(order.length);
        for (int position : order) {
            parts.add(stageMissing(position, present));
        }
        BitSet others = (BitSet) live.clone();
        others.andNot(positions);
        return PeerWait.of(parts, done -> suffices(done, order, others), settings.writeGrace(), settings.writeBound())
                .thenApply(outcomes -> {
                    giveUpFailed(order, outcomes, parts);
                    return positions;
                });
    }

    private boolean suffices(BitSet done, int[] order, BitSet others) {
        BitSet positions = (BitSet) others.clone();
        done.stream().forEach(index -> positions.set(order[index]));
        return plan.suffices(positions);
    }

    private CompletionStage<Integer> stageMissing(int position, List<Integer> present) {
        List<CompletableFuture<Void>> staged = new ArrayList<>();
        for (int shard : plan.shardsOf(position)) {
            if (!present.contains(shard)) {
                ByteBuffer bytes = ByteBuffer.wrap(batch.shards()[shard], 0, batch.length());
                staged.add(lanes.get(position).drive().stage(id, shard, bytes).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(staged.toArray(CompletableFuture[]::new)).thenApply(all -> position);
    }

    private void giveUpFailed(
            int[] order, List<Outcome<Integer>> outcomes, List<? extends CompletionStage<Integer>> parts) {
        for (int i = 0; i < order.length; i++) {
            if (outcomes.get(i) instanceof Done<Integer>) {
                continue;
            }
            Lane lane = lanes.get(order[i]);
            live.clear(order[i]);
            lastFailure = PeerWait.cause(outcomes.get(i));
            if (outcomes.get(i) instanceof Late<Integer>) {
                late = true;
                lane.suspect();
                parts.get(i).whenComplete((position, failure) -> discardOn(lane));
            }
        }
    }

    private void discardOn(Lane lane) {
        lane.executor().execute(() -> lane.drive().discard(id));
    }
}
