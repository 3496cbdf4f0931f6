package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.RecordVisitor;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs again what is still needed of one segment, so that the segment can be given up. As always the oldest segment is
 * taken, what contradicts a record of it is in the same segment or a later one: it can be left behind when that one's turn
 * comes. One thread, beside everything else.
 */
final class Compaction implements RecordVisitor {
    /** How much is on its way at a time: small beside what a group commit may be, so that it delays nobody. */
    private static final int WINDOW_BYTES = 256 << 10;

    private final Parts parts;
    private final LongConsumer pace;
    private final List<CompletableFuture<Void>> underWay = new ArrayList<>();
    private final Set<Long> fenced = new HashSet<>();
    private long windowBytes;
    private long copiedBytes;

    /** The parts of a drive that a compaction looks at. {@code fencing} is held while fences change. */
    record Parts(
            DriveLog log, SlotTable slots, DriveState state, RecordSink sink, ShardKeeper shards, Object fencing) {}

    /** {@code pace} is told how many bytes were read, and may block. */
    Compaction(Parts parts, LongConsumer pace) {
        this.parts = parts;
        this.pace = pace;
    }

    /**
     * Logs what is needed of the segment and gives it up, durably.
     *
     * @return how many bytes had to be logged again
     * @throws io.azekura.persistence.CorruptException if the segment is damaged: it stays
     */
    long run(long segment) throws IOException {
        parts.log().visitSealed(segment, this);
        awaitUnderWay();
        append(new LogRecord.Trim(segment + 1));
        awaitUnderWay();
        parts.log().trim(segment + 1);
        return copiedBytes;
    }

    @Override
    public void onRecord(byte type, ByteBuffer payload, LogPosition position) throws IOException {
        String source = parts.log().file(position.segment()).toString();
        LogRecord logged = LogRecordFormat.decode(type, payload, source);
        if (logged instanceof LogRecord.Accept accept) {
            image(accept.key(), List.of(accept.row()));
        } else if (logged instanceof LogRecord.Image image) {
            image(
                    image.key(),
                    image.rows().stream().map(LogRecord.ImageRow::row).toList());
        } else if (logged instanceof LogRecord.Stage stage) {
            carry(stage.id(), stage.shard(), LogRecordFormat.SHARD_HEAD_BYTES, payload, position);
        } else if (logged instanceof LogRecord.Carry carry) {
            carry(carry.id(), carry.shard(), LogRecordFormat.CARRY_HEAD_BYTES, payload, position);
        } else if (logged instanceof LogRecord.Announce announce) {
            if (parts.state().staged().location(announce.id(), announce.shard()) instanceof Location.InFile) {
                append(announce);
            }
        } else if (logged instanceof LogRecord.Bound bound) {
            if (bound.counter() >= parts.state().bound()) {
                append(bound);
            }
        } else if (logged instanceof LogRecord.FenceSpace fence) {
            fence(fence.space());
        }
    }

    /** Logs the present fence of a space, be it the one that was met or one on its way, once for all that are met. */
    private void fence(long space) throws IOException {
        synchronized (parts.fencing()) {
            Fence present = parts.state().fence(space);
            if (present != null && fenced.add(space)) {
                append(new LogRecord.FenceSpace(space, present));
            }
        }
    }

    @Override
    public void onBatchEnd(LogPoint end) throws IOException {
        if (windowBytes >= WINDOW_BYTES) {
            awaitUnderWay();
        }
        pace.accept(end.offset());
    }

    /** Logs all that is known of a key if it needs one of these rows, or the bytes that came with them. */
    private void image(RegisterKey key, List<Row> logged) throws IOException {
        StoredSlot stored = begin(key, logged);
        if (stored == null) {
            return;
        }
        PendingRecord pending;
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            pending = new PendingRecord(imageOf(key, stored), releasing(key, done));
        } catch (IOException | RuntimeException e) {
            parts.slots().release(key);
            throw e;
        }
        if (!send(pending, done)) {
            parts.slots().release(key);
            throw closing();
        }
    }

    /** The slot of the key, of which nothing changes from now on until it is released; null if there is no need. */
    private @Nullable StoredSlot begin(RegisterKey key, List<Row> logged) throws IOException {
        SlotTable.Stripe stripe = parts.slots().stripe(key);
        while (true) {
            CompletableFuture<Void> free = new CompletableFuture<>();
            synchronized (stripe) {
                if (!stripe.awaitPending(key, () -> free.complete(null))) {
                    StoredSlot stored = parts.slots().view(key);
                    if (logged.stream().noneMatch(row -> isNeeded(stored, row))) {
                        return null;
                    }
                    stripe.begin(key);
                    return stored;
                }
            }
            await(free);
        }
    }

    private static boolean isNeeded(StoredSlot stored, Row logged) {
        DataId id = SlotChanges.dataId(logged.state().content());
        return stored.slot().rows().stream()
                .anyMatch(row -> row.state().equals(logged.state())
                        || (id != null
                                && id.equals(SlotChanges.dataId(row.state().content()))));
    }

    private LogRecord.Image imageOf(RegisterKey key, StoredSlot stored) throws IOException {
        List<LogRecord.ImageRow> rows = new ArrayList<>();
        for (Row row : stored.slot().rows()) {
            List<Integer> logShards = new ArrayList<>();
            List<Integer> fileShards = new ArrayList<>();
            Bytes body = null;
            if (row.state().content() instanceof Content.Whole whole) {
                body = parts.shards().readWhole(stored, whole.id());
            } else {
                for (Location location : stored.locations(row.accepted())) {
                    (location instanceof Location.InFile ? fileShards : logShards).add(location.shard());
                }
            }
            rows.add(new LogRecord.ImageRow(row, logShards, fileShards, body));
        }
        return new LogRecord.Image(key, stored.slot().settled(), stored.slot().base(), rows);
    }

    private void carry(DataId id, int shard, int headBytes, ByteBuffer payload, LogPosition position)
            throws IOException {
        Location.InLog here = new Location.InLog(
                shard, position.segment(), position.offset() + headBytes, position.length() - headBytes);
        boolean isStaged = here.equals(parts.state().staged().location(id, shard));
        if (isStaged || parts.slots().isOwnersPlace(id, here)) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            ByteBuffer blocks = payload.slice(payload.position() + headBytes, payload.remaining() - headBytes);
            LogRecord.Carry carry = new LogRecord.Carry(id, shard, isStaged);
            if (!send(new PendingRecord(carry, blocks, ShardKeeper.completing(done)), done)) {
                throw closing();
            }
        }
    }

    private void append(LogRecord logged) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!send(new PendingRecord(logged, ShardKeeper.completing(done)), done)) {
            throw closing();
        }
    }

    private boolean send(PendingRecord pending, CompletableFuture<Void> done) {
        if (!parts.sink().append(pending)) {
            return false;
        }
        underWay.add(done);
        windowBytes += pending.length();
        copiedBytes += pending.length();
        return true;
    }

    private PendingRecord.Outcome releasing(RegisterKey key, CompletableFuture<Void> done) {
        return new PendingRecord.Outcome() {
            @Override
            public void applied() {
                parts.slots().release(key);
                done.complete(null);
            }

            @Override
            public void failed(IOException cause) {
                parts.slots().release(key);
                done.completeExceptionally(cause);
            }
        };
    }

    private void awaitUnderWay() throws IOException {
        for (CompletableFuture<Void> one : underWay) {
            await(one);
        }
        underWay.clear();
        windowBytes = 0;
    }

    private static void await(CompletableFuture<Void> done) throws IOException {
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof NoSpaceException noRoom) {
                throw noRoom;
            }
            throw new IOException("what was compacted could not be logged", e.getCause());
        }
    }

    private static IOException closing() {
        return new InterruptedIOException("the drive is closing");
    }
}
