package io.azekura.actors.object;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore.BodyReply;
import io.azekura.actors.protocol.ObjectStore.Replaced;
import io.azekura.actors.protocol.ObjectStore.StoredObject;
import io.azekura.actors.protocol.ObjectStore.StreamedBody;
import io.azekura.actors.protocol.ObjectStore.StrictBody;
import io.azekura.actors.protocol.ObjectStore.Unreadable;
import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectRecord;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Content.Sharded;
import io.azekura.persistence.register.Content.Whole;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;

/** One version of an object as a register read found it. Its bytes are looked for when a body is asked for. */
final class StoredVersion implements StoredObject {
    /** Longest body that is read into memory before it is answered, in bytes. */
    static final int STRICT_BYTES_MAX = 256 * 1024;

    /** Aim for the elements of a stream, in bytes: large enough that handing one over costs little beside reading it. */
    private static final int ELEMENT_BYTES_AIM = 512 * 1024;

    private final RegisterKey key;
    private final ObjectRecord record;
    private final Content content;
    private final List<Lane> lanes;
    private final Register register;
    private final GatewaySettings settings;

    /** {@code lanes} are the drives of the key's stripe set, in order. */
    StoredVersion(
            RegisterKey key,
            ObjectRecord record,
            Content content,
            List<Lane> lanes,
            Register register,
            GatewaySettings settings) {
        this.key = key;
        this.record = record;
        this.content = content;
        this.lanes = lanes;
        this.register = register;
        this.settings = settings;
    }

    @Override
    public ObjectRecord record() {
        return record;
    }

    @Override
    public CompletionStage<BodyReply> body(long first, long length) {
        Check.argument(
                first >= 0 && length >= 0 && length <= record.size() && first <= record.size() - length,
                "a range outside the object");
        if (length == 0) {
            return CompletableFuture.completedStage(new StrictBody(ByteString.emptyByteString()));
        }
        if (content instanceof Whole whole) {
            return new WholeRead(key, whole.id(), lanes, settings)
                    .read()
                    .thenCompose(found -> found.isPresent()
                            ? CompletableFuture.completedStage(slice(found.get(), first, length))
                            : replacedOr("no drive could read the body"));
        }
        if (content instanceof Sharded sharded) {
            ShardedRead read = new ShardedRead(key, sharded, lanes, settings);
            return length <= STRICT_BYTES_MAX
                    ? strict(read, first, first + length)
                    : streamed(read, sharded, first, first + length);
        }
        return CompletableFuture.completedStage(new Unreadable("the row names no content for its bytes"));
    }

    private static BodyReply slice(Bytes body, long first, long length) {
        return new StrictBody(ByteString.fromArrayUnsafe(body.array(), (int) first, (int) length));
    }

    private CompletionStage<BodyReply> strict(ShardedRead read, long from, long to) {
        return read.read(from, to)
                .whenComplete((bytes, failure) -> read.close())
                .thenApply(bytes -> (BodyReply) new StrictBody(bytes))
                .exceptionallyCompose(failure -> {
                    Throwable cause = PeerWait.unwrapped(failure);
                    return cause instanceof UnreadableException
                            ? replacedOr(String.valueOf(cause.getMessage()))
                            : CompletableFuture.failedStage(cause);
                });
    }

    private CompletionStage<BodyReply> streamed(ShardedRead read, Sharded sharded, long from, long to) {
        return read.openAll().thenCompose(isReadable -> {
            if (isReadable) {
                return CompletableFuture.completedStage(new StreamedBody(source(read, sharded, from, to)));
            }
            read.close();
            return replacedOr("fewer than " + sharded.dataShards() + " shards could be opened");
        });
    }

    private Source<ByteString, NotUsed> source(ShardedRead read, Sharded sharded, long from, long to) {
        long stripe = (long) sharded.dataShards() * sharded.unitBytes();
        long step = Math.max(1, ELEMENT_BYTES_AIM / stripe) * stripe;
        return Source.fromIterator(() -> ranges(from, to, step))
                .mapAsync(settings.batchesInFlight(), range -> read.read(range.first(), range.second()))
                .watchTermination((notUsed, end) -> {
                    end.whenComplete((done, failure) -> read.close());
                    return notUsed;
                });
    }

    /** Cuts at multiples of the step, so that every range but the first and the last is whole stripes. */
    private static Iterator<Pair<Long, Long>> ranges(long from, long to, long step) {
        return LongStream.rangeClosed(from / step, (to - 1) / step)
                .mapToObj(index -> Pair.create(Math.max(from, index * step), Math.min(to, (index + 1) * step)))
                .iterator();
    }

    /** Tells a version whose bytes were freed because it was replaced from one whose bytes cannot be read. */
    private CompletionStage<BodyReply> replacedOr(String reason) {
        return register.read(key).thenApply(outcome -> {
            boolean isCurrent =
                    !(outcome instanceof Value value) || value.state().content().equals(content);
            return isCurrent ? new Unreadable(reason) : new Replaced();
        });
    }
}
