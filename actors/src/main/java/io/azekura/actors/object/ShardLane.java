package io.azekura.actors.object;

import io.azekura.persistence.drive.Drive.ShardWriter;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shard files of one write on one drive. Steps run one after the other on the drive's threads, in the order they
 * were asked for; after the first failure none runs. An abandoned lane removes what it wrote as soon as the drive lets
 * it: the removal queues behind whatever step still hangs.
 */
final class ShardLane {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLane.class);

    private final Lane lane;
    private final DataId id;
    private final long shardBytes;
    /** Touched by the steps only, which happen one after the other. */
    private final List<OpenShard> open = new ArrayList<>();

    private CompletableFuture<ShardLane> tail = CompletableFuture.completedFuture(this);
    private volatile boolean abandoned;

    private record OpenShard(int shard, ShardWriter writer) {}

    @FunctionalInterface
    private interface IoStep {
        void run() throws IOException;
    }

    ShardLane(Lane lane, DataId id, long shardBytes) {
        this.lane = lane;
        this.id = id;
        this.shardBytes = shardBytes;
    }

    CompletableFuture<ShardLane> create(int shard) {
        return step(() -> open.add(new OpenShard(shard, lane.drive().create(id, shard, shardBytes))));
    }

    CompletableFuture<ShardLane> append(StripeBatch batch) {
        return step(() -> {
            for (OpenShard one : open) {
                one.writer().append(ByteBuffer.wrap(batch.shards()[one.shard()], 0, batch.length()));
            }
        });
    }

    /** Makes all shards of the lane durable. */
    CompletableFuture<ShardLane> finish() {
        return step(() -> {
            for (OpenShard one : open) {
                one.writer().finish();
            }
        });
    }

    /** Gives the drive up for this write; does nothing the second time. */
    synchronized void abandon() {
        if (abandoned) {
            return;
        }
        abandoned = true;
        CompletionStage<Boolean> removal = tail.handleAsync(
                (done, failure) -> {
                    remove();
                    return true;
                },
                lane.executor());
        removal.exceptionally(failure -> {
            LOG.warn(
                    "Drive {} keeps shards of {} until they are scavenged",
                    lane.drive().id(),
                    id,
                    failure);
            return false;
        });
    }

    private void remove() {
        for (OpenShard one : open) {
            one.writer().abort();
        }
        lane.drive().discard(id);
    }

    private synchronized CompletableFuture<ShardLane> step(IoStep step) {
        tail = tail.thenApplyAsync(
                before -> Lane.unchecked(() -> {
                    if (abandoned) {
                        throw new IOException("the write goes on without this drive");
                    }
                    step.run();
                    return before;
                }),
                lane.executor());
        return tail;
    }
}
