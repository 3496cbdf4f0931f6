package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.FormatTooOldException;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.DurableFiles;
import io.azekura.persistence.index.Census;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.IndexCheckpoint;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.index.IndexVerification;
import io.azekura.persistence.index.SlotCursor;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.RecordVisitor;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the index of a drive up to the end of its log. Ordinarily that is the little that a crash took from the
 * index. An index that is damaged, in doubt, or at odds with a census in the log is set aside and rebuilt from the whole
 * log; a log that is damaged, or that ends before what the index has seen, stops the mount, and nothing is changed.
 */
final class DriveRecovery {
    static final String LOG = "log";
    static final String INDEX = "index";
    static final String SHARDS = "shards";

    private static final Logger LOGGER = LoggerFactory.getLogger(DriveRecovery.class);
    static final String DAMAGED_INDEX = "index.damaged";
    private static final String NEW_INDEX = "index.new";

    /** Records carried over to the index at once in a replay: bounds memory, and makes few large writes. */
    static final int RECORDS_PER_COMMIT = 1000;

    /** In a rebuild: enough that a row and the word that it is settled mostly come together. */
    private static final int RECORDS_PER_COMMIT_IN_REBUILD = 20_000;

    /** The write buffer of a rebuild: fewer and larger tables, hence less to merge. */
    private static final int REBUILD_BUFFER_BYTES = 64 << 20;

    private static final int ENTRIES_PER_STEP = 10_000;

    private final Path directory;
    private final DriveId id;
    private final DriveSettings settings;
    private final AlignedBufferPool pool;
    private final SegmentChannel.Opener opener;
    private final IndexGuard guard;

    DriveRecovery(
            Path directory, DriveId id, DriveSettings settings, AlignedBufferPool pool, SegmentChannel.Opener opener) {
        this.directory = directory;
        this.id = id;
        this.settings = settings;
        this.pool = pool;
        this.opener = opener;
        this.guard = new IndexGuard(directory);
    }

    /** A drive ready to be started. {@code dropped} are shard files that no row needs, to be deleted. */
    record Recovered(
            DriveLog log, DriveIndex index, DriveState state, ShardFiles files, Set<StagedShards.Name> dropped) {
        Recovered with(DriveIndex other) {
            return new Recovered(log, other, state, files, dropped);
        }
    }

    Recovered recover() throws IOException {
        ShardFiles files = ShardFiles.open(directory.resolve(SHARDS), pool);
        String objection = guard.objection();
        guard.opening(objection != null);
        if (objection != null) {
            return rebuild(files, LogPoint.START, new IOException("index not opened, as " + objection));
        }
        DriveIndex index;
        try {
            index = openIndex();
        } catch (IOException e) {
            if (!isDamage(e)) {
                throw e;
            }
            return rebuild(files, LogPoint.START, e);
        }
        LogPoint seen = LogPoint.START;
        try {
            seen = checkpoint(index);
            return replay(index, files, seen);
        } catch (CorruptException e) {
            closeDoubted(index);
            return rebuild(files, seen, e);
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private DriveIndex openIndex() throws IOException {
        return DriveIndex.open(directory.resolve(INDEX), settings.index());
    }

    /** Whether a failure to open the index is about its files, and not about the machine or another process. */
    static boolean isDamage(IOException e) {
        boolean isElsewhere = e instanceof NoSpaceException
                || e instanceof FormatTooNewException
                || e instanceof FormatTooOldException
                || e.getCause() instanceof LinkageError
                || String.valueOf(e.getMessage()).contains("/LOCK");
        return !isElsewhere;
    }

    static LogPoint checkpoint(DriveIndex index) throws IOException {
        IndexCheckpoint checkpoint = index.checkpoint();
        return checkpoint == null
                ? LogPoint.START
                : new LogPoint(checkpoint.segment(), checkpoint.offset(), checkpoint.sequence() + 1);
    }

    /** Rebuilds the index though it may not be damaged, and closes the drive again. */
    OfflineDrive.IndexRebuilt rebuildIndex() throws IOException {
        ShardFiles files = ShardFiles.open(directory.resolve(SHARDS), pool);
        Recovered recovered = rebuild(files, seen(), new IOException("asked for"));
        try (DriveLog log = recovered.log();
                DriveIndex index = recovered.index();
                SlotCursor slots = index.slots()) {
            long count = 0;
            while (slots.next()) {
                count++;
            }
            return new OfflineDrive.IndexRebuilt(count, log.end(), directory.resolve(DAMAGED_INDEX));
        }
    }

    /** How far the index has seen the log, as far as it can still tell. */
    private LogPoint seen() throws IOException {
        try (DriveIndex index = openIndex()) {
            return checkpoint(index);
        } catch (IOException e) {
            if (!isDamage(e)) {
                throw e;
            }
            return LogPoint.START;
        }
    }

    /** Makes an index beside the old one, which is only given up when the log has proved able to replace it. */
    private Recovered rebuild(ShardFiles files, LogPoint seen, IOException damage) throws IOException {
        LOGGER.warn("Drive {} rebuilds its index from its log", directory, damage);
        long start = System.nanoTime();
        Path fresh = directory.resolve(NEW_INDEX);
        deleteTree(fresh);
        DriveIndex index = DriveIndex.open(fresh, rebuildSettings(settings.index()));
        try {
            Recovered rebuilt = replay(index, files, LogPoint.START);
            try {
                requireReached(rebuilt.log().end(), seen);
                verify(index);
                index.close();
                replaceIndex(fresh);
                LOGGER.info("Drive {} rebuilt its index in {} ms", directory, (System.nanoTime() - start) / 1_000_000);
                return rebuilt.with(openIndex());
            } catch (IOException | RuntimeException e) {
                rebuilt.log().close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private static IndexSettings rebuildSettings(IndexSettings usual) {
        return new IndexSettings(
                usual.cacheBytes(),
                Math.max(usual.writeBufferBytes(), REBUILD_BUFFER_BYTES),
                usual.compression(),
                usual.openFilesMax(),
                usual.reserveBytes());
    }

    private static void verify(DriveIndex index) throws IOException {
        try (IndexVerification verification = index.verification()) {
            while (verification.advance(ENTRIES_PER_STEP)) {
                // Until all of it was seen.
            }
        }
    }

    private void replaceIndex(Path fresh) throws IOException {
        Path index = directory.resolve(INDEX);
        Path aside = directory.resolve(DAMAGED_INDEX);
        deleteTree(aside);
        if (Files.exists(index)) {
            Files.move(index, aside);
        }
        Files.move(fresh, index);
        DurableFiles.syncDirectory(directory);
        guard.rebuilt();
    }

    private void requireReached(LogPoint end, LogPoint seen) throws CorruptException {
        if (end.compareTo(seen) < 0) {
            throw new CorruptException(
                    directory.resolve(LOG).toString(),
                    end.offset(),
                    "a log up to batch " + (seen.batchSequence() - 1) + ", which the index has seen",
                    "its end behind batch " + (end.batchSequence() - 1) + " in segment " + end.segment());
        }
    }

    private static void closeDoubted(DriveIndex index) {
        try {
            index.close();
        } catch (IOException e) {
            LOGGER.warn("Cannot close an index that is in doubt in order", e);
        }
    }

    private DriveLog openLog(LogPoint from, RecordVisitor visitor) throws IOException {
        return DriveLog.open(directory.resolve(LOG), id.value(), settings.log(), opener, from, visitor);
    }

    private Recovered replay(DriveIndex index, ShardFiles files, LogPoint from) throws IOException {
        DriveState state = DriveState.load(index);
        boolean isOnIndex = !from.equals(LogPoint.START);
        if (isOnIndex) {
            requireCensus(index, state.census());
        }
        CensusCheck check = new CensusCheck(
                state.census(), isOnIndex, directory.resolve(LOG).toString());
        RecordApplier.SlotSource slots = isOnIndex ? index::get : seenIn(index);
        int recordsPerCommit = isOnIndex ? RECORDS_PER_COMMIT : RECORDS_PER_COMMIT_IN_REBUILD;
        Replay replay = new Replay(new RecordApplier(index, slots, state, true), check, from, recordsPerCommit);
        DriveLog log = openLog(from, replay);
        try {
            replay.end();
            log.trim(state.firstSegment());
            Set<StagedShards.Name> dropped = replay.dropped;
            dropped.addAll(takeUnfinished(index, files, state.staged()));
            return new Recovered(log, index, state, files, dropped);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** The slots of an index that was empty when the replay began. */
    private static RecordApplier.SlotSource seenIn(DriveIndex index) {
        SeenKeys seen = new SeenKeys();
        return key -> seen.add(key) ? index.get(key) : null;
    }

    /** An index of before there were censuses cannot be verified. */
    private void requireCensus(DriveIndex index, Census census) throws IOException {
        try (SlotCursor slots = index.slots()) {
            if (census.slots() == 0 && slots.next()) {
                throw new CorruptException(directory.resolve(INDEX).toString(), 0, "a census", "none");
            }
        }
    }

    /** Forgets shard files that were announced and never finished. */
    private static List<StagedShards.Name> takeUnfinished(DriveIndex index, ShardFiles files, StagedShards staged)
            throws IOException {
        List<StagedShards.Name> unfinished =
                staged.files().stream().filter(name -> !isFinished(files, name)).toList();
        IndexBatch forgotten = new IndexBatch();
        for (StagedShards.Name name : unfinished) {
            staged.take(name.id(), name.shard());
            if (!Files.exists(files.file(name.id(), name.shard()))) {
                forgotten.removeStaged(name.id(), name.shard());
            }
        }
        index.write(forgotten);
        return unfinished;
    }

    private static boolean isFinished(ShardFiles files, StagedShards.Name name) {
        try {
            files.confirm(name.id(), name.shard());
            return true;
        } catch (NoSuchFileException | CorruptException unfinished) {
            return false;
        } catch (IOException unreadable) {
            LOGGER.warn("Cannot tell whether shard {} of {} is whole", name.shard(), name.id(), unreadable);
            return false;
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> tree = Files.walk(root)) {
                for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Carries what it is shown over to the index. */
    static final class Replay implements RecordVisitor {
        private final RecordApplier applier;
        private final Set<StagedShards.Name> dropped = new HashSet<>();
        private final CensusCheck check;
        private LogPoint end;
        private long segment = -1;
        private boolean isInBatch;
        private final int recordsPerCommit;
        private int waiting;

        Replay(RecordApplier applier, CensusCheck check, LogPoint from, int recordsPerCommit) {
            this.applier = applier;
            this.recordsPerCommit = recordsPerCommit;
            this.check = check;
            this.end = from;
        }

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) throws IOException {
            String source = "log segment " + position.segment() + ", record at " + position.offset();
            if (position.segment() != segment) {
                segment = position.segment();
                commit();
                check.beginSegment(segment, end.batchSequence());
            }
            LogRecord logged = LogRecordFormat.decode(type, payload, source);
            if (logged instanceof LogRecord.TakenCensus taken) {
                compare(taken);
            } else {
                applier.apply(logged, position);
                waiting++;
                isInBatch = true;
            }
        }

        private void compare(LogRecord.TakenCensus taken) throws IOException {
            if (!isInBatch) {
                commit();
            }
            check.compare(taken, isInBatch ? -1 : end.batchSequence());
        }

        @Override
        public void onBatchEnd(LogPoint point) throws IOException {
            end = point;
            isInBatch = false;
            if (waiting >= recordsPerCommit) {
                commit();
            }
        }

        void end() throws IOException {
            if (!end.equals(LogPoint.START)) {
                applier.forgetOwnerless();
                waiting++;
                commit();
            }
        }

        void commit() throws IOException {
            if (waiting > 0) {
                dropped.addAll(applier.commit(end).dropped());
                waiting = 0;
            }
        }
    }
}
