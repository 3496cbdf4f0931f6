package io.azekura.actors.object;

import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.object.ObjectCommit.Ready;
import io.azekura.actors.protocol.ObjectStore.OutOfSpace;
import io.azekura.actors.protocol.ObjectStore.PutObject;
import io.azekura.actors.protocol.ObjectStore.PutReply;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.erasure.ReedSolomon;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Content.Whole;
import io.azekura.persistence.register.RegisterKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Stores bodies by their size: up to {@link Content#WHOLE_BYTES_MAX} whole in the row; up to one batch of stripes as
 * shards in the drives' logs; beyond as shard files, a few batches at a time. The shards are durable before the row
 * that names them is proposed, and removed again when it certainly is not chosen.
 */
final class ObjectWriter {
    private final Layout layout;
    private final Function<StripeSet, List<Lane>> lanes;
    private final ObjectCommit commit;
    private final Identifiers identifiers;
    private final Materializer materializer;
    private final GatewaySettings settings;
    private final ShardBuffers buffers = new ShardBuffers(StripeBatch.SHARD_BYTES_MAX);

    /** {@code lanes} gives the drives of a stripe set, in its order. */
    ObjectWriter(
            Layout layout,
            Function<StripeSet, List<Lane>> lanes,
            ObjectCommit commit,
            Identifiers identifiers,
            Materializer materializer,
            GatewaySettings settings) {
        this.layout = layout;
        this.lanes = lanes;
        this.commit = commit;
        this.identifiers = identifiers;
        this.materializer = materializer;
        this.settings = settings;
    }

    /** Where one body goes. */
    private record Target(StripeSet set, List<Lane> lanes, DataId id, StripeGeometry geometry) {
        private boolean fitsOneBatch() {
            return geometry.shardBytes() <= StripeBatch.SHARD_BYTES_MAX;
        }
    }

    /** Stores a body in memory without running a stream, unless it is large. */
    CompletionStage<PutReply> put(BucketRecord bucket, PutObject put, ByteString body) {
        if (body.length() != put.length()) {
            return CompletableFuture.failedStage(
                    new IncompleteBodyException(body.length() + " bytes, announced were " + put.length()));
        }
        if (put.length() <= Content.WHOLE_BYTES_MAX) {
            return commit.commit(bucket, put, whole(body.toArrayUnsafe()));
        }
        Target target = target(bucket, put);
        if (!target.fitsOneBatch()) {
            return stream(bucket, put, target, Source.single(body));
        }
        try {
            return stage(bucket, put, target, encoded(target, body));
        } catch (IncompleteBodyException mismatch) {
            return CompletableFuture.failedStage(mismatch);
        }
    }

    CompletionStage<PutReply> put(BucketRecord bucket, PutObject put, Source<ByteString, ?> body) {
        if (put.length() <= Content.WHOLE_BYTES_MAX) {
            return body.runFold(new WholeBody((int) put.length()), WholeBody::append, materializer)
                    .thenCompose(collected -> {
                        byte[] bytes = Lane.unchecked(collected::complete);
                        return commit.commit(bucket, put, whole(bytes));
                    });
        }
        Target target = target(bucket, put);
        if (!target.fitsOneBatch()) {
            return stream(bucket, put, target, body);
        }
        return body.via(new StripeStage(assembler(target)))
                .runWith(Sink.last(), materializer)
                .thenCompose(batch -> stage(bucket, put, target, batch));
    }

    /** Ends a body that nobody will read. */
    void refuse(Source<ByteString, ?> body) {
        body.runWith(Sink.cancelled(), materializer);
    }

    private Ready whole(byte[] bytes) {
        if (bytes.length == 0) {
            return new Ready(Content.NONE, null, () -> {});
        }
        return new Ready(new Whole(identifiers.nextData(), bytes.length), Bytes.wrap(bytes), () -> {});
    }

    private CompletionStage<PutReply> stage(BucketRecord bucket, PutObject put, Target target, StripeBatch batch) {
        StagedWrite write =
                new StagedWrite(target.id(), target.geometry(), target.set(), target.lanes(), batch, settings);
        return write.stage(buffers)
                .thenCompose(content -> commit.commit(bucket, put, new Ready(content, null, write::discard)))
                .exceptionallyCompose(ObjectWriter::refusal);
    }

    private CompletionStage<PutReply> stream(
            BucketRecord bucket, PutObject put, Target target, Source<ByteString, ?> body) {
        StreamedWrite write =
                new StreamedWrite(target.id(), target.geometry(), target.set(), target.lanes(), buffers, settings);
        return write.begin()
                .whenComplete((begun, failure) -> {
                    if (failure != null) {
                        refuse(body);
                    }
                })
                .thenCompose(begun -> body.via(new StripeStage(assembler(target)))
                        .mapAsync(settings.batchesInFlight(), write::write)
                        .runWith(Sink.ignore(), materializer))
                .thenCompose(passed -> write.finish())
                .whenComplete((content, failure) -> {
                    if (failure != null) {
                        write.abort();
                    }
                })
                .thenCompose(content -> commit.commit(bucket, put, new Ready(content, null, write::abort)))
                .exceptionallyCompose(ObjectWriter::refusal);
    }

    /** What a failed write is to the caller: an answer when the drives are to blame, else the failure itself. */
    private static CompletionStage<PutReply> refusal(Throwable failure) {
        Throwable cause = PeerWait.unwrapped(failure);
        if (cause instanceof TooFewDrivesException tooFew) {
            return CompletableFuture.completedStage(
                    tooFew.isOutOfSpace() ? new OutOfSpace() : new Unavailable(String.valueOf(tooFew.getMessage())));
        }
        return CompletableFuture.failedStage(cause);
    }

    private Target target(BucketRecord bucket, PutObject put) {
        StripeSet set =
                layout.stripeSet(new RegisterKey(bucket.incarnation(), put.key().utf8()));
        return new Target(
                set,
                lanes.apply(set),
                identifiers.nextData(),
                new StripeGeometry(put.length(), set.dataShards(), StripeGeometry.UNIT_BYTES));
    }

    private StripeAssembler assembler(Target target) {
        StripeSet set = target.set();
        return new StripeAssembler(target.geometry(), ReedSolomon.of(set.dataShards(), set.parityShards()), buffers);
    }

    private StripeBatch encoded(Target target, ByteString body) throws IncompleteBodyException {
        StripeAssembler assembler = assembler(target);
        for (ByteBuffer bytes : body.getByteBuffers()) {
            StripeBatch batch = assembler.fill(bytes);
            if (batch != null) {
                return batch;
            }
        }
        throw new IllegalStateException("a body of one batch did not fill it");
    }
}
