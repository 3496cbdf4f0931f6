package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Writes rows with bodies to drives, and remembers what was acknowledged, which must never be lost. */
final class AcknowledgedRows {
    private final AtomicLong number = new AtomicLong();
    private final Map<RegisterKey, Long> acknowledged = new ConcurrentHashMap<>();

    /** Above every bound of the engines before, so that no ballot is refused. */
    private final AtomicLong base = new AtomicLong(1);

    /** To be called when the drive is opened again. */
    void reopened() {
        base.addAndGet(1L << 40);
    }

    int size() {
        return acknowledged.size();
    }

    /** A new row with a body of that length. */
    AcceptReply write(Drive drive, int length) {
        return Samples.await(begin(drive, length));
    }

    CompletionStage<AcceptReply> begin(Drive drive, int length) {
        long mine = number.incrementAndGet();
        RegisterKey key = Samples.key("row" + mine);
        DataId id = Samples.data(mine);
        Bytes body = Samples.bytes(mine, length);
        Accept accept = new Accept(
                key, Samples.ballot(base.get() + mine), Samples.live(Samples.whole(id, body), mine), 0, body);
        return drive.accept(accept).thenApply(reply -> {
            if (reply instanceof Accepted) {
                acknowledged.put(key, mine);
            }
            return reply;
        });
    }

    /** Writes until something else than "accepted" comes, and returns that. */
    AcceptReply writeUntilRefused(Drive drive, int length, int most) {
        for (int i = 0; i < most; i++) {
            AcceptReply reply = write(drive, length);
            if (!(reply instanceof Accepted)) {
                return reply;
            }
        }
        throw new AssertionError(most + " rows were accepted");
    }

    /** Puts a tombstone in the place of one acknowledged row. */
    AcceptReply deleteOne(Drive drive) {
        RegisterKey key = acknowledged.keySet().iterator().next();
        long mine = number.incrementAndGet();
        AcceptReply reply =
                Samples.accept(drive, key, Samples.ballot(base.get() + mine), Samples.tombstone(mine), null);
        if (reply instanceof Accepted) {
            acknowledged.remove(key);
        }
        return reply;
    }

    /** Reads everything that was acknowledged, or a sample of so many rows. */
    void requireAll(Drive drive, int most) throws IOException {
        List<RegisterKey> keys = new ArrayList<>(acknowledged.keySet());
        assertTrue(!keys.isEmpty(), "nothing was acknowledged");
        for (RegisterKey key : keys.subList(0, Math.min(most, keys.size()))) {
            Found found = assertInstanceOf(Found.class, drive.read(key), () -> key + " was lost");
            Content.Whole whole =
                    assertInstanceOf(Content.Whole.class, found.row().state().content());
            assertEquals(Samples.bytes(whole.id().sequence(), whole.length()), drive.readWhole(key, whole.id()));
        }
    }

    void requireAll(Drive drive) throws IOException {
        requireAll(drive, Integer.MAX_VALUE);
    }
}
