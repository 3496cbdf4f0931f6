package io.azekura.actors.object;

import io.azekura.persistence.drive.Drive.ShardReader;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One shard of one body being read. Opened at most once, when first needed or asked for; reads run one after the other
 * on the drive's threads; closing queues behind a read that hangs. A source that failed stays failed.
 */
final class ShardSource {
    private final Lane lane;
    private final RegisterKey key;
    private final DataId id;
    private final int shard;
    private @Nullable CompletableFuture<ShardSource> tail;
    private boolean closed;
    /** Touched by the steps only, which happen one after the other. */
    private @Nullable ShardReader reader;

    private volatile Standing standing;

    /** How good a source is, best first. */
    enum Standing {
        GOOD,
        /** Lagged once in this body: read only when nothing better is left. */
        SLOW,
        /** Failed: never read again. */
        BAD
    }

    /** {@code target} gets the shard's bytes from {@code offset}. */
    record Run(long offset, ByteBuffer target) {}

    ShardSource(Lane lane, RegisterKey key, DataId id, int shard) {
        this.lane = lane;
        this.key = key;
        this.id = id;
        this.shard = shard;
        this.standing = lane.isSuspect() ? Standing.SLOW : Standing.GOOD;
    }

    int shard() {
        return shard;
    }

    Standing standing() {
        return standing;
    }

    /** Remembers that the source failed or lagged; never makes it better. */
    void degrade(Standing worse) {
        if (worse.compareTo(standing) > 0) {
            standing = worse;
        }
        if (worse == Standing.SLOW) {
            lane.suspect();
        }
    }

    synchronized CompletableFuture<ShardSource> open() {
        if (closed) {
            return CompletableFuture.failedFuture(new IOException("the body was closed"));
        }
        if (tail == null) {
            tail = lane.call(() -> {
                reader = lane.drive().open(key, id, shard);
                return this;
            });
        }
        return tail;
    }

    synchronized CompletableFuture<ShardSource> read(List<Run> runs) {
        CompletableFuture<ShardSource> done = open().thenApplyAsync(
                        source -> Lane.unchecked(() -> {
                            source.readAll(runs);
                            return source;
                        }),
                        lane.executor());
        if (!closed) {
            tail = done;
        }
        return done;
    }

    /** Does nothing the second time. */
    synchronized void close() {
        if (!closed && tail != null) {
            CompletionStage<ShardSource> last = tail;
            last.whenCompleteAsync((source, failure) -> closeReader(), lane.executor());
        }
        closed = true;
    }

    private void readAll(List<Run> runs) throws IOException {
        ShardReader open = reader;
        if (open == null) {
            throw new IOException("the body was closed");
        }
        for (Run run : runs) {
            open.read(run.offset(), run.target());
        }
    }

    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
