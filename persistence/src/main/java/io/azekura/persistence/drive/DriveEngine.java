package io.azekura.persistence.drive;

import io.azekura.persistence.Check;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.log.TrimmedException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.MissingShard;
import io.azekura.persistence.register.Messages.NoSpace;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One drive: a log that is the truth, an index derived from it, shard files, and the acceptor of every key.
 *
 * <p>A change goes one way: decided under its key's lock, queued for the log, synced with all that wait, carried to
 * the index by the log's applying thread, and only then answered. So whatever was answered is durable, and visible to
 * this drive's reads and scans. What the index lost in a crash is replayed from the log when the drive is opened.
 *
 * <p>The first failed write or sync, of the log or of the index, makes the drive faulty: it answers "unknown" to
 * everything from then on, until it is opened again. Damage of bytes concerns only what was read. Any damage of the index
 * puts all of it in doubt ({@link IndexDoubtException}): "unknown" to everything, and whoever opens the drive again gets
 * it with an index that was rebuilt from the log.
 *
 * <p>Want of room is no fault. The fuller the file system, the less is taken ({@link SpaceSettings}); what the log has no
 * room for is not written, and is answered so. While an operation hangs, everything is answered "unknown" at once.
 */
public final class DriveEngine implements Drive, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriveEngine.class);

    /** Longest log record: an inline shard, or a row whose record and whole body are as long as they may be. */
    static final int RECORD_BYTES_MAX = 1 << 20;

    private static final int READ_ATTEMPTS_MAX = 5;

    /** A start that served for so long did not end because the index cannot be read. */
    private static final long PROVEN_NANOS = Duration.ofSeconds(20).toNanos();

    private final DriveId id;
    private final Path directory;
    private final DriveLock lock;
    private final DriveLog log;
    private final DriveIndex index;
    private final DriveState state;
    private final DriveHealth health;
    private final IndexGuard guard;
    private final SpaceGauge space;
    private final SlotTable slots;
    private final RecordSink sink;
    private final PromiseBound bound;
    private final ShardKeeper shards;
    private final AlignedBufferPool pool;
    private final Object fencing = new Object();
    private final Compactor compactor;
    private final Applying applying;
    private final long openedNanos = System.nanoTime();
    private volatile boolean isIndexProven;

    private DriveEngine(
            DriveId id,
            Path directory,
            DriveSettings settings,
            DriveLock lock,
            DriveRecovery.Recovered recovered,
            AlignedBufferPool pool,
            IndexGuard guard,
            DriveHealth health)
            throws IOException {
        this.id = id;
        this.directory = directory;
        this.lock = lock;
        this.log = recovered.log();
        this.index = recovered.index();
        this.state = recovered.state();
        this.health = health;
        this.guard = guard;
        this.space = new SpaceGauge(directory, settings.space());
        this.slots = new SlotTable(index, state.bound());
        this.sink = new RecordSink(log);
        this.bound = new PromiseBound(sink, slots, state.bound());
        this.pool = pool;
        this.shards = new ShardKeeper(directory, recovered, pool, sink, health, space);
        this.compactor = new Compactor(
                new Compaction.Parts(log, slots, state, sink, shards, fencing),
                health,
                settings.compaction(),
                settings.log().segmentBytes(),
                space::isBelowReserve,
                "compact-" + directory.getFileName());
        this.applying = new Applying(recovered, slots, sink, shards, space, health);
    }

    /**
     * Makes the log of a drive that was never opened; {@link #open} finds it there. What a call that was cut short left
     * behind is removed first, so calling it for a drive that has data would lose that.
     */
    public static void create(Path directory, DriveId id, DriveSettings settings) throws IOException {
        Path log = directory.resolve(DriveRecovery.LOG);
        if (Files.exists(log)) {
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(log)) {
                for (Path leftover : leftovers) {
                    Files.delete(leftover);
                }
            }
        }
        DriveLog.create(log, id.value(), settings.log());
        DurableFiles.syncDirectory(directory);
    }

    /**
     * Opens a drive: replays what its index lacks, or rebuilds the index from the log when it is missing or damaged.
     *
     * @param pool lends the memory that shards are read and written with; may be shared by several drives
     * @param onFault told once when the drive becomes faulty, on whatever thread noticed it, which may hold locks of
     *     the drive: it must not call the drive, but hand the news to a thread of its own
     * @throws io.azekura.persistence.CorruptException if something durable is damaged in the log, or missing from it
     */
    public static DriveEngine open(
            Path directory, DriveId id, DriveSettings settings, AlignedBufferPool pool, Consumer<IOException> onFault)
            throws IOException {
        return open(directory, id, settings, pool, onFault, SegmentChannel.Opener.FILES);
    }

    /** Opens a drive whose log is written through the given opener, which may fail on purpose. */
    static DriveEngine open(
            Path directory,
            DriveId id,
            DriveSettings settings,
            AlignedBufferPool pool,
            Consumer<IOException> onFault,
            SegmentChannel.Opener opener)
            throws IOException {
        DriveLock lock = DriveLock.acquire(directory);
        DriveRecovery.@Nullable Recovered recovered = null;
        try {
            DriveSettings fitting = settings.fitting(directory);
            recovered = new DriveRecovery(directory, id, fitting, pool, opener).recover();
            DriveLog log = recovered.log();
            IndexGuard guard = new IndexGuard(directory);
            OperationWatch watch =
                    new OperationWatch(settings.delays(), System::nanoTime, log::busySinceNanos, log::waitingBytes);
            Consumer<IOException> abandoning =
                    abandoning(recovered.index(), directory).andThen(onFault);
            DriveHealth health = new DriveHealth(directory.toString(), guard, abandoning, watch);
            DriveEngine engine = new DriveEngine(id, directory, fitting, lock, recovered, pool, guard, health);
            engine.start(recovered);
            return engine;
        } catch (IOException | RuntimeException e) {
            if (recovered != null) {
                recovered.log().close();
                recovered.index().close();
            }
            lock.close();
            throw e;
        }
    }

    /** LevelDB works on its files by itself: it is kept from those of a drive that failed. */
    private static Consumer<IOException> abandoning(DriveIndex index, Path directory) {
        return fault -> {
            Thread thread = new Thread(() -> abandon(index, directory), "abandon-" + directory.getFileName());
            thread.setDaemon(true);
            thread.start();
        };
    }

    private static void abandon(DriveIndex index, Path directory) {
        try {
            index.abandon();
        } catch (IOException e) {
            LOG.warn("Cannot close the index of {}", directory, e);
        }
    }

    private void start(DriveRecovery.Recovered recovered) throws IOException {
        index.onDamage(health::doubt);
        log.start(applying);
        shards.delete(recovered.dropped());
        // Ready before the first ballot comes, which will lie just above the bound of the last run.
        bound.prepareFor(new Ballot(state.bound(), 0));
        compactor.start();
    }

    @Override
    public DriveId id() {
        return id;
    }

    @Override
    public ReadReply read(RegisterKey key) {
        String refusal = health.refusal();
        if (refusal != null) {
            return new Unknown(refusal);
        }
        int watched = health.watch().begin();
        try {
            StoredSlot stored = slots.view(key);
            Row highest = stored.slot().highest();
            return highest == null
                    ? new Nothing()
                    : new Found(highest, stored.slot().settled());
        } catch (IOException e) {
            return new Unknown(health.unreadable(e));
        } finally {
            health.watch().end(watched);
        }
    }

    @Override
    public CompletionStage<PrepareReply> prepare(Prepare prepare) {
        CompletableFuture<PrepareReply> reply = new CompletableFuture<>();
        prepare(prepare, reply);
        return reply;
    }

    private void prepare(Prepare prepare, CompletableFuture<PrepareReply> reply) {
        String refusal = health.refusal();
        if (refusal != null) {
            reply.complete(new Unknown(refusal));
            return;
        }
        RegisterKey key = prepare.key();
        SlotTable.Stripe stripe = slots.stripe(key);
        StoredSlot stored;
        Acceptor.PrepareVerdict verdict;
        boolean isBoundNear;
        synchronized (stripe) {
            if (stripe.awaitPending(key, () -> prepare(prepare, reply))) {
                return;
            }
            try {
                stored = load(stripe, key);
            } catch (IOException e) {
                reply.complete(new Unknown(health.unreadable(e)));
                return;
            }
            verdict = stripe.acceptor().prepare(prepare, stored.slot());
            isBoundNear = stripe.acceptor().isBoundNear(prepare.ballot());
        }
        if (verdict instanceof Acceptor.NeedsBound needs) {
            bound.require(
                    needs.counter(),
                    () -> prepare(prepare, reply),
                    full -> reply.complete(new Unknown("full: " + full.getMessage())));
        } else if (verdict instanceof Acceptor.PrepareAnswer answer) {
            if (isBoundNear) {
                bound.prepareFor(prepare.ballot());
            }
            reply.complete(withBody(key, stored, answer.reply()));
        }
    }

    /** Adds the bytes of an unsettled whole row, which whoever finishes it will need. */
    private PrepareReply withBody(RegisterKey key, StoredSlot stored, PrepareReply reply) {
        if (reply instanceof Promised promised
                && promised.row() != null
                && !stored.slot().isSettled()
                && promised.row().state().content() instanceof Content.Whole whole) {
            try {
                return new Promised(promised.row(), promised.settled(), readUnsettled(key, stored, whole.id()));
            } catch (IOException e) {
                return new Unknown("cannot read the body of " + key + ": " + e.getMessage());
            }
        }
        return reply;
    }

    /** A body of the slot, which may have been moved since the slot was read, but not changed. */
    private Bytes readUnsettled(RegisterKey key, StoredSlot stored, DataId body) throws IOException {
        try {
            return shards.readWhole(stored, body);
        } catch (TrimmedException moved) {
            return readWhole(key, body);
        }
    }

    @Override
    public CompletionStage<AcceptReply> accept(Accept accept) {
        CompletableFuture<AcceptReply> reply = new CompletableFuture<>();
        accept(accept, reply);
        return reply;
    }

    private void accept(Accept accept, CompletableFuture<AcceptReply> reply) {
        String refusal = health.refusal();
        if (refusal != null) {
            reply.complete(new Unknown(refusal));
            return;
        }
        SlotTable.Stripe stripe = slots.stripe(accept.key());
        Acceptor.@Nullable AcceptVerdict verdict;
        synchronized (stripe) {
            if (stripe.awaitPending(accept.key(), () -> accept(accept, reply))) {
                return;
            }
            try {
                StoredSlot stored = load(stripe, accept.key());
                verdict = decide(accept, stripe.acceptor(), stored);
                if (verdict instanceof Acceptor.Store) {
                    verdict = store(accept, stripe, stored, reply);
                }
            } catch (IOException e) {
                verdict = answer(new Unknown(health.unreadable(e)));
            }
        }
        if (verdict instanceof Acceptor.AcceptAnswer answer) {
            reply.complete(answer.reply());
        } else if (verdict instanceof Acceptor.NeedsBound needs) {
            bound.require(needs.counter(), () -> accept(accept, reply), full -> reply.complete(new NoSpace()));
        }
    }

    private StoredSlot load(SlotTable.Stripe stripe, RegisterKey key) throws IOException {
        int watched = health.watch().begin();
        try {
            return stripe.load(key);
        } finally {
            health.watch().end(watched);
        }
    }

    private static Acceptor.AcceptVerdict answer(AcceptReply reply) {
        return new Acceptor.AcceptAnswer(reply);
    }

    /** Checks what the register's core does not know of, then asks it. On its word to store, shards stay claimed. */
    private Acceptor.AcceptVerdict decide(Accept accept, Acceptor acceptor, StoredSlot stored) {
        State next = accept.state();
        Fence fence = state.fence(accept.key().space());
        if (fence != null
                && (fence.closed() || (next.configVersion() < fence.configVersion() && !accept.isFinishing()))) {
            return answer(new Fenced(fence.configVersion(), fence.closed()));
        }
        if (!next.history().equals(History.EMPTY) || !accept.edits().isEmpty()) {
            return answer(new Unknown("this drive keeps no older versions yet"));
        }
        if (space.isBelowReserve() && !space.allows(need(stored, next))) {
            return answer(new NoSpace());
        }
        Integer missing = shards.missing(accept, stored);
        DataId data = SlotChanges.dataId(next.content());
        List<Integer> needed = ShardKeeper.needed(accept, stored);
        if (missing == null && data != null && !state.staged().claim(data, needed)) {
            missing = needed.get(0);
        }
        if (missing != null) {
            return answer(new MissingShard(missing));
        }
        Acceptor.AcceptVerdict verdict = acceptor.accept(accept, stored.slot());
        if (data != null && !(verdict instanceof Acceptor.Store)) {
            state.staged().unclaim(data, needed);
        }
        return verdict;
    }

    private static SpaceGauge.Need need(StoredSlot stored, State next) {
        if (!next.isLive()) {
            return SpaceGauge.Need.DELETE;
        }
        boolean isKnown =
                stored.slot().rows().stream().anyMatch(row -> row.state().equals(next));
        return isKnown ? SpaceGauge.Need.KNOWN_ROW : SpaceGauge.Need.NEW_DATA;
    }

    /** Sends a row on its way; null if that went well. */
    private Acceptor.@Nullable AcceptVerdict store(
            Accept accept, SlotTable.Stripe stripe, StoredSlot stored, CompletableFuture<AcceptReply> reply) {
        RegisterKey key = accept.key();
        Row row = new Row(accept.ballot(), accept.state());
        Bytes body = ShardKeeper.newBody(accept, stored);
        PendingRecord.Outcome outcome = new PendingRecord.Outcome() {
            @Override
            public void applied() {
                slots.release(key);
                String fault = health.fault();
                reply.complete(fault == null ? new Accepted() : new Unknown(fault));
            }

            @Override
            public void failed(IOException cause) {
                slots.release(key);
                reply.complete(new Unknown("faulty: " + cause.getMessage()));
            }

            @Override
            public void refused(NoSpaceException cause) {
                shards.unclaim(accept, stored);
                slots.release(key);
                reply.complete(new NoSpace());
            }
        };
        PendingRecord pending = new PendingRecord(
                new LogRecord.Accept(key, accept.position(), row, shards.fileShards(accept, stored), body), outcome);
        Check.argument(pending.length() <= RECORD_BYTES_MAX, "a row of " + pending.length() + " bytes");
        stripe.begin(key);
        if (sink.append(pending)) {
            return null;
        }
        stripe.cancel(key);
        return answer(new Unknown("closing"));
    }

    @Override
    public void settle(RegisterKey key, Ballot ballot) {
        if (health.refusal() != null || !space.allows(SpaceGauge.Need.DELETE)) {
            return;
        }
        SlotTable.Stripe stripe = slots.stripe(key);
        synchronized (stripe) {
            try {
                StoredSlot stored = load(stripe, key);
                boolean hasRow = stripe.isPending(key) || !stored.slot().rows().isEmpty();
                if (!hasRow || ballot.compareTo(stored.slot().settled()) <= 0) {
                    return;
                }
            } catch (IOException e) {
                health.unreadable(e);
                return;
            }
            slots.beginSettle(key, ballot);
            sink.appendLazily(new LogRecord.Settle(key, ballot));
        }
    }

    @Override
    public CompletionStage<Void> stage(DataId data, int shard, ByteBuffer bytes) {
        return shards.stage(data, shard, bytes);
    }

    @Override
    public ShardWriter create(DataId data, int shard, long lengthMax) throws IOException {
        return shards.create(data, shard, lengthMax);
    }

    @Override
    public void discard(DataId data) {
        shards.discard(data);
    }

    @Override
    public void discardUnclaimed() {
        shards.discardUnclaimed();
    }

    @Override
    public List<RegisterKey> unsettled(Duration olderThan) {
        List<RegisterKey> keys = new ArrayList<>(state.unsettled(olderThan));
        keys.removeIf(this::isSettled);
        return keys;
    }

    private boolean isSettled(RegisterKey key) {
        try {
            return slots.view(key).slot().isSettled();
        } catch (IOException e) {
            health.unreadable(e);
            return false;
        }
    }

    @Override
    public ShardReader open(RegisterKey key, DataId data, int shard) throws IOException {
        health.requireUsable();
        return whereItIs(() -> shards.open(slots.view(key), data, shard));
    }

    /** Looks again when what was read had just been moved out of a segment that was given up. */
    private static <T> T whereItIs(Reading<T> reading) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.read();
            } catch (TrimmedException e) {
                if (attempt == READ_ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    @Override
    public Bytes readWhole(RegisterKey key, DataId data) throws IOException {
        health.requireUsable();
        return whereItIs(() -> shards.readWhole(slots.view(key), data));
    }

    @Override
    public RowCursor scan(long spaceOfKeys, Bytes from) throws IOException {
        health.requireUsable();
        return new IndexRowCursor(index.slots(spaceOfKeys, from), spaceOfKeys, slots, health);
    }

    @Override
    public CompletionStage<Void> fence(long spaceOfKeys, long configVersion, boolean closed) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            health.requireUsable();
            space.require(SpaceGauge.Need.DELETE);
        } catch (IOException e) {
            done.completeExceptionally(e);
            return done;
        }
        synchronized (fencing) {
            Fence old = state.fence(spaceOfKeys);
            Fence next = old == null || old.configVersion() <= configVersion ? new Fence(configVersion, closed) : old;
            state.setFence(spaceOfKeys, next);
            // Accepts that were decided under the old fence are in the log before the new one, so that whoever sees
            // the fence durable sees their rows too.
            slots.awaitDecisions();
            if (!sink.append(new LogRecord.FenceSpace(spaceOfKeys, next), ShardKeeper.completing(done))) {
                done.completeExceptionally(new DriveFaultException("the drive is closing"));
            }
        }
        return done;
    }

    @Override
    public DriveStatus status() {
        String refusal = health.refusal();
        String late = health.watch().reason();
        String reason = refusal != null ? refusal : late != null ? late : "";
        return new DriveStatus(
                id,
                directory,
                condition(),
                reason,
                space.totalBytes(),
                space.freeBytes(),
                log.bytes(),
                log.commits(),
                log.committedRecords());
    }

    private DriveStatus.Condition condition() {
        if (health.isFaulty()) {
            return health.isWithoutRoom() ? DriveStatus.Condition.FULL : DriveStatus.Condition.FAULTY;
        }
        return switch (health.watch().delay()) {
            case HUNG -> DriveStatus.Condition.HUNG;
            case SLOW -> DriveStatus.Condition.SLOW;
            case NONE -> space.isBelowReserve() ? DriveStatus.Condition.FULL : DriveStatus.Condition.ONLINE;
        };
    }

    /**
     * Looks whether the drive's directory still is what was opened: it may have been deleted, replaced or overwritten
     * while its files were open. If not, the drive becomes faulty. To be called now and then by the owner; may block.
     */
    public void verifyIdentity() {
        if (health.refusal() == null) {
            try {
                proveIndex(System.nanoTime() - openedNanos);
                log.verifyFiles();
            } catch (IOException e) {
                health.fail(e);
            }
        }
    }

    /**
     * Logs again what is needed of the oldest segment and gives the segment up; false if nothing but the segment that is
     * being written is left. Happens by itself when enough of the log is dead ({@link CompactionSettings}). Blocks for as
     * long as that takes.
     *
     * @throws io.azekura.persistence.CorruptException if the segment is damaged: it stays
     */
    public boolean compactOldest() throws IOException {
        health.requireUsable();
        return compactor.compactOldest();
    }

    private void proveIndex(long servedNanos) throws IOException {
        if (!isIndexProven && servedNanos >= PROVEN_NANOS) {
            isIndexProven = true;
            guard.proven();
        }
    }

    /** One full scrub at the full rate of the drive, on the calling thread. */
    public ScrubReport scrub() throws IOException {
        health.requireUsable();
        ScrubFindings findings = new ScrubFindings(damage -> {});
        new Scrub(scrubTarget(SuperblockCheck.NONE), pool, ScrubPace.FULL, findings, ScrubPosition.START, at -> {})
                .finishPass();
        return findings.report();
    }

    /**
     * Begins to scrub the drive in the background. The scrubber must be closed before the drive.
     *
     * @param superblocks verifies the copies of the superblock
     */
    public DriveScrubber scrub(ScrubSettings scrubbing, SuperblockCheck superblocks, LongSupplier nowMicros) {
        DriveScrubber scrubber = new DriveScrubber(scrubTarget(superblocks), scrubbing, pool, nowMicros);
        scrubber.start();
        return scrubber;
    }

    private ScrubTarget scrubTarget(SuperblockCheck superblocks) {
        return new EngineScrubTarget(directory, id, log, index, state.staged(), superblocks);
    }

    /** Commits what is queued and closes everything. Whatever is asked afterwards is answered "unknown". */
    @Override
    public void close() throws IOException {
        health.close();
        compactor.close();
        try {
            applying.takeLastCensus();
            log.close();
        } finally {
            shards.close();
            try {
                closeIndex();
            } finally {
                lock.close();
            }
        }
    }

    /** Only a sound drive that is closed in order leaves an index that need not be looked at. */
    private void closeIndex() throws IOException {
        try {
            index.close();
            if (!health.isFaulty()) {
                guard.closed();
            }
        } catch (IOException e) {
            if (!health.isInDoubt()) {
                throw e;
            }
        }
    }
}
