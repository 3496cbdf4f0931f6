package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.AppliedOperation;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Keys, states and bytes for tests of drives. */
final class Samples {
    static final long SPACE = 0x7700AB;
    private static final long WAIT_SECONDS = 30;

    private Samples() {}

    static RegisterKey key(String name) {
        return new RegisterKey(SPACE, Bytes.utf8(name));
    }

    static Ballot ballot(long counter) {
        return new Ballot(counter, 7);
    }

    static DataId data(long sequence) {
        return new DataId(0x5EED, sequence);
    }

    static State live(Content content, long marker) {
        return state(State.Kind.LIVE, content, marker);
    }

    static State tombstone(long marker) {
        return state(State.Kind.TOMBSTONE, Content.NONE, marker);
    }

    private static State state(State.Kind kind, Content content, long marker) {
        AppliedOperation operation = new AppliedOperation(new OperationId(3, marker), ballot(marker));
        return new State(kind, Bytes.utf8("value " + marker), content, List.of(operation), 1, 5);
    }

    static Content.Whole whole(DataId id, Bytes body) {
        return new Content.Whole(id, body.length());
    }

    /** Two data and two parity shards, each held by the position that the list names for it. */
    static Content.Sharded sharded(DataId id, List<Integer> holders) {
        return new Content.Sharded(id, 1_000_000, 2, 2, 65_536, holders);
    }

    static Bytes bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    static AcceptReply accept(Drive drive, RegisterKey key, Ballot ballot, State state, @Nullable Bytes body) {
        return await(drive.accept(new Accept(key, ballot, state, 0, body)));
    }

    static PrepareReply prepare(Drive drive, RegisterKey key, Ballot ballot) {
        return await(drive.prepare(new Prepare(key, ballot)));
    }

    static Bytes read(Drive.ShardReader reader, long offset, int length) throws java.io.IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        reader.read(offset, target);
        return Bytes.copyOf(target.flip());
    }

    static void write(Drive drive, DataId id, int shard, Bytes bytes) throws java.io.IOException {
        Drive.ShardWriter writer = drive.create(id, shard, bytes.length());
        writer.append(bytes.buffer());
        writer.finish();
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
