package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import io.azekura.persistence.CorruptException;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.FullFileSystem;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.shard.InlineShard;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of one drive: shards that are staged, claimed by an accept, read, and freed when no row names them any
 * more. Any thread.
 */
final class ShardKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ShardKeeper.class);
    private static final long CLOSE_WAIT_SECONDS = 10;

    /** Longest shard kept in the log: with its checksums and names it stays below the longest record. */
    private static final int INLINE_BYTES_MAX = DriveEngine.RECORD_BYTES_MAX / 2;

    private final Path directory;
    private final ShardFiles files;
    private final AlignedBufferPool pool;
    private final DriveLog log;
    private final DriveIndex index;
    private final StagedShards staged;
    private final RecordSink sink;
    private final DriveHealth health;
    private final SpaceGauge space;

    /** Frees files one at a time beside everything else: unlinking a large one takes milliseconds. */
    private final ThreadPoolExecutor scavenger;

    ShardKeeper(
            Path directory,
            DriveRecovery.Recovered recovered,
            AlignedBufferPool pool,
            RecordSink sink,
            DriveHealth health,
            SpaceGauge space) {
        this.directory = directory;
        this.files = recovered.files();
        this.pool = pool;
        this.log = recovered.log();
        this.index = recovered.index();
        this.staged = recovered.state().staged();
        this.sink = sink;
        this.health = health;
        this.space = space;
        this.scavenger = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "scavenge-" + directory.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The first shard that the state says this drive holds and that it does not have, or null. */
    @Nullable
    Integer missing(Accept accept, StoredSlot stored) {
        Content content = accept.state().content();
        if (content instanceof Content.Whole whole) {
            Bytes body = accept.body();
            boolean isComplete = body != null && body.length() == whole.length();
            return isComplete || has(stored, whole.id(), Location.WHOLE) ? null : Location.WHOLE;
        }
        if (content instanceof Content.Sharded sharded) {
            for (int shard : needed(accept, stored)) {
                if (!staged.isStaged(sharded.id(), shard)) {
                    return shard;
                }
            }
        }
        return null;
    }

    /** Staged shards that a state needs and no row of the slot has. Claimed ones are safe from being discarded. */
    static List<Integer> needed(Accept accept, StoredSlot stored) {
        if (accept.state().content() instanceof Content.Sharded sharded) {
            return SlotChanges.ownShards(sharded, accept.position()).stream()
                    .filter(shard -> !has(stored, sharded.id(), shard))
                    .toList();
        }
        return List.of();
    }

    /** Takes back the claims of an accept that is not stored after all. */
    void unclaim(Accept accept, StoredSlot stored) {
        DataId id = SlotChanges.dataId(accept.state().content());
        if (id != null) {
            staged.unclaim(id, needed(accept, stored));
        }
    }

    /** The body that must be logged with the row: none when a row of the slot has the same. */
    static @Nullable Bytes newBody(Accept accept, StoredSlot stored) {
        boolean isNew =
                accept.state().content() instanceof Content.Whole whole && !has(stored, whole.id(), Location.WHOLE);
        return isNew ? accept.body() : null;
    }

    private static boolean has(StoredSlot stored, DataId id, int shard) {
        return SlotChanges.find(stored, id, shard) != null;
    }

    CompletionStage<Void> stage(DataId id, int shard, ByteBuffer bytes) {
        Check.argument(bytes.remaining() <= INLINE_BYTES_MAX, "an inline shard of " + bytes.remaining() + " bytes");
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            requireRoom();
        } catch (IOException e) {
            done.completeExceptionally(e);
            return done;
        }
        // Where exactly is known when the record is applied.
        staged.begin(id, new Location.InLog(shard, 0, 0, 0));
        PendingRecord pending = new PendingRecord(new LogRecord.Stage(id, shard), bytes, staging(id, shard, done));
        if (!sink.append(pending)) {
            done.completeExceptionally(new DriveFaultException("the drive is closing"));
        }
        return done;
    }

    Drive.ShardWriter create(DataId id, int shard, long lengthMax) throws IOException {
        requireRoom();
        CompletableFuture<Void> announced = new CompletableFuture<>();
        staged.begin(id, new Location.InFile(shard));
        if (!sink.append(new LogRecord.Announce(id, shard), staging(id, shard, announced))) {
            throw new DriveFaultException("the drive is closing");
        }
        int watched = health.watch().begin();
        try {
            return new StagingWriter(id, shard, files.create(id, shard, lengthMax), announced);
        } catch (IOException e) {
            discard(id);
            throw failed(e);
        } finally {
            health.watch().end(watched);
        }
    }

    /** Forgets the shard when there is no room for its record. */
    private PendingRecord.Outcome staging(DataId id, int shard, CompletableFuture<Void> done) {
        PendingRecord.Outcome completing = completing(done);
        return new PendingRecord.Outcome() {
            @Override
            public void applied() {
                completing.applied();
            }

            @Override
            public void failed(IOException cause) {
                completing.failed(cause);
            }

            @Override
            public void refused(NoSpaceException cause) {
                staged.cancel(id, shard);
                completing.refused(cause);
            }
        };
    }

    private void requireRoom() throws IOException {
        health.requireUsable();
        space.require(SpaceGauge.Need.NEW_DATA);
    }

    /** Passes on a failed write, which makes the drive faulty, unless there was no room for what was not promised yet. */
    private IOException failed(IOException cause) {
        if (FullFileSystem.isCauseOf(cause)) {
            space.noteFull();
            return new NoSpaceException(directory.toString(), cause);
        }
        health.fail(cause);
        return cause;
    }

    void discard(DataId id) {
        staged.discard(id).forEach(this::logDiscard);
    }

    void discardUnclaimed() {
        staged.discardFound().forEach(this::logDiscard);
    }

    private void logDiscard(StagedShards.Name name) {
        if (health.isOpen()) {
            sink.appendLazily(new LogRecord.Discard(name.id(), name.shard()));
        }
    }

    Drive.ShardReader open(StoredSlot stored, DataId id, int shard) throws IOException {
        Location location = SlotChanges.find(stored, id, shard);
        if (location instanceof Location.InLog inLog) {
            return watched(() -> InlineShard.open(LogBlocks.pin(log, inLog), inLog.length(), id, shard, pool));
        }
        if (location instanceof Location.InFile) {
            return watched(() -> files.open(id, shard));
        }
        throw new NoSuchFileException(directory + " has no row that names shard " + shard + " of " + id);
    }

    private Drive.ShardReader watched(Opening opening) throws IOException {
        int watched = health.watch().begin();
        try {
            return new WatchedReader(opening.open(), health.watch());
        } finally {
            health.watch().end(watched);
        }
    }

    @FunctionalInterface
    private interface Opening {
        Drive.ShardReader open() throws IOException;
    }

    /** Lets a read that does not return be noticed by those who come after. */
    private record WatchedReader(Drive.ShardReader reader, OperationWatch watch) implements Drive.ShardReader {
        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            int watched = watch.begin();
            try {
                reader.read(offset, target);
            } finally {
                watch.end(watched);
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    Bytes readWhole(StoredSlot stored, DataId id) throws IOException {
        Location location = SlotChanges.find(stored, id, Location.WHOLE);
        if (!(location instanceof Location.InLog inLog)) {
            throw new NoSuchFileException(directory + " has no row that names body " + id);
        }
        LogPosition position = new LogPosition(inLog.segment(), inLog.offset(), inLog.length());
        String source = log.file(inLog.segment()).toString();
        DriveLog.VerifiedRecord raw = log.readVerified(position);
        Bytes body = body(LogRecordFormat.decode(raw.type(), raw.payload(), source), id);
        if (body != null) {
            return body;
        }
        throw new CorruptException(source, inLog.offset(), "the row with body " + id, "another record");
    }

    /** The whole body of that id in the record, or null. */
    static @Nullable Bytes body(LogRecord found, DataId id) {
        if (found instanceof LogRecord.Accept accept) {
            return id.equals(SlotChanges.dataId(accept.row().state().content())) ? accept.body() : null;
        }
        if (found instanceof LogRecord.Image image) {
            for (LogRecord.ImageRow one : image.rows()) {
                if (one.body() != null
                        && id.equals(SlotChanges.dataId(one.row().state().content()))) {
                    return one.body();
                }
            }
        }
        return null;
    }

    /** Those of the shards that are files. */
    List<Integer> fileShards(Accept accept, StoredSlot stored) {
        if (!(accept.state().content() instanceof Content.Sharded sharded)) {
            return List.of();
        }
        return SlotChanges.ownShards(sharded, accept.position()).stream()
                .filter(shard -> {
                    Location known = SlotChanges.find(stored, sharded.id(), shard);
                    Location location = known == null ? staged.location(sharded.id(), shard) : known;
                    return location instanceof Location.InFile;
                })
                .toList();
    }

    /** Frees shard files in the background. What a crash leaves is found among the staged shards. */
    void delete(Collection<StagedShards.Name> dropped) {
        for (StagedShards.Name name : dropped) {
            scavenger.execute(() -> deleteNow(name));
        }
    }

    private void deleteNow(StagedShards.Name name) {
        try {
            if (!health.isFaulty()) {
                files.delete(name.id(), name.shard());
                index.write(new IndexBatch().removeStaged(name.id(), name.shard()));
            }
        } catch (IOException e) {
            health.fail(e);
        }
    }

    /** Lets the files that are being freed be freed; the rest waits for the next mount. */
    void close() {
        scavenger.shutdown();
        try {
            if (!scavenger.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Drive {} is closed while it frees files", directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static PendingRecord.Outcome completing(CompletableFuture<Void> done) {
        return new PendingRecord.Outcome() {
            @Override
            public void applied() {
                done.complete(null);
            }

            @Override
            public void failed(IOException cause) {
                done.completeExceptionally(new DriveFaultException("the drive is faulty", cause));
            }

            @Override
            public void refused(NoSpaceException cause) {
                done.completeExceptionally(cause);
            }
        };
    }

    /** A shard file that is announced in the log before it is written, so that it is never forgotten. */
    private final class StagingWriter implements Drive.ShardWriter {
        private final DataId id;
        private final int shard;
        private final Drive.ShardWriter file;
        private final CompletableFuture<Void> announced;
        private volatile boolean isClosed;

        StagingWriter(DataId id, int shard, Drive.ShardWriter file, CompletableFuture<Void> announced) {
            this.id = id;
            this.shard = shard;
            this.file = file;
            this.announced = announced;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            // Asked again for every piece: a large object may fill the drive while it is written.
            requireRoom();
            requireOpen();
            int watched = health.watch().begin();
            try {
                file.append(bytes);
            } catch (IOException e) {
                throw failedHere(e);
            } finally {
                health.watch().end(watched);
            }
        }

        @Override
        public void finish() throws IOException {
            health.requireUsable();
            requireOpen();
            int watched = health.watch().begin();
            try {
                file.finish();
            } catch (IOException e) {
                throw failedHere(e);
            } finally {
                health.watch().end(watched);
            }
            isClosed = true;
            awaitAnnounced();
            if (!staged.finish(id, shard)) {
                throw new IOException("shard " + shard + " of " + id + " was discarded while it was being written");
            }
        }

        private void requireOpen() throws IOException {
            if (isClosed) {
                throw new IOException("shard " + shard + " of " + id + " is no longer being written");
            }
        }

        /** A write that failed because it was aborted or its thread interrupted says nothing about the drive. */
        private IOException failedHere(IOException cause) {
            return isClosed || cause instanceof ClosedChannelException ? cause : failed(cause);
        }

        private void awaitAnnounced() throws IOException {
            try {
                announced.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a shard was being staged", e);
            }
        }

        @Override
        public void abort() {
            isClosed = true;
            file.abort();
            if (staged.discard(id, shard)) {
                logDiscard(new StagedShards.Name(id, shard));
            }
        }
    }
}
