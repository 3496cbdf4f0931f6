package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.FormatTooOldException;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexBatch;
import io.azekura.persistence.index.IndexCheckpoint;
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
 * index. An index that is damaged is set aside and rebuilt from the whole log; a log that is damaged, or that ends
 * before what the index has seen, stops the mount, and nothing is changed.
 */
final class DriveRecovery {
    static final String LOG = "log";
    static final String INDEX = "index";
    static final String SHARDS = "shards";

    private static final Logger LOGGER = LoggerFactory.getLogger(DriveRecovery.class);
    private static final String DAMAGED_INDEX = "index.damaged";

    /** Records carried over to the index at once in a replay: bounds memory, and makes few large writes. */
    private static final int RECORDS_PER_COMMIT = 1000;

    private final Path directory;
    private final DriveId id;
    private final DriveSettings settings;
    private final AlignedBufferPool pool;
    private final SegmentChannel.Opener opener;

    DriveRecovery(
            Path directory, DriveId id, DriveSettings settings, AlignedBufferPool pool, SegmentChannel.Opener opener) {
        this.directory = directory;
        this.id = id;
        this.settings = settings;
        this.pool = pool;
        this.opener = opener;
    }

    /** A drive ready to be started. {@code dropped} are shard files that no row needs, to be deleted. */
    record Recovered(
            DriveLog log, DriveIndex index, DriveState state, ShardFiles files, Set<StagedShards.Name> dropped) {}

    Recovered recover() throws IOException {
        ShardFiles files = ShardFiles.open(directory.resolve(SHARDS), pool);
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
            index.close();
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
    private static boolean isDamage(IOException e) {
        boolean isElsewhere = e instanceof NoSpaceException
                || e instanceof FormatTooNewException
                || e instanceof FormatTooOldException
                || e.getCause() instanceof LinkageError
                || String.valueOf(e.getMessage()).contains("/LOCK");
        return !isElsewhere;
    }

    private static LogPoint checkpoint(DriveIndex index) throws IOException {
        IndexCheckpoint checkpoint = index.checkpoint();
        return checkpoint == null
                ? LogPoint.START
                : new LogPoint(checkpoint.segment(), checkpoint.offset(), checkpoint.sequence() + 1);
    }

    private Recovered rebuild(ShardFiles files, LogPoint seen, IOException damage) throws IOException {
        requireSoundLog(seen);
        LOGGER.warn("Drive {} rebuilds its index from its log", directory, damage);
        Path index = directory.resolve(INDEX);
        Path aside = directory.resolve(DAMAGED_INDEX);
        deleteTree(aside);
        if (Files.exists(index)) {
            Files.move(index, aside);
        }
        DriveIndex fresh = openIndex();
        try {
            return replay(fresh, files, LogPoint.START);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    /** Reads the whole log, so that an index is only given up when the log can replace it. */
    private void requireSoundLog(LogPoint seen) throws IOException {
        LogPoint end;
        try (DriveLog log = openLog(LogPoint.START, new Unseen())) {
            end = log.end();
        }
        if (end.compareTo(seen) < 0) {
            throw new CorruptException(
                    directory.resolve(LOG).toString(),
                    end.offset(),
                    "a log up to batch " + (seen.batchSequence() - 1) + ", which the index has seen",
                    "its end behind batch " + (end.batchSequence() - 1) + " in segment " + end.segment());
        }
    }

    private DriveLog openLog(LogPoint from, RecordVisitor visitor) throws IOException {
        return DriveLog.open(directory.resolve(LOG), id.value(), settings.log(), opener, from, visitor);
    }

    private Recovered replay(DriveIndex index, ShardFiles files, LogPoint from) throws IOException {
        DriveState state = DriveState.load(index);
        Replay replay = new Replay(new RecordApplier(index, index::get, state, true));
        DriveLog log = openLog(from, replay);
        try {
            replay.commit();
            Set<StagedShards.Name> dropped = replay.dropped;
            dropped.addAll(takeUnfinished(index, files, state.staged()));
            return new Recovered(log, index, state, files, dropped);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
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
    private static final class Replay implements RecordVisitor {
        private final RecordApplier applier;
        private final Set<StagedShards.Name> dropped = new HashSet<>();
        private LogPoint end = LogPoint.START;
        private int waiting;

        Replay(RecordApplier applier) {
            this.applier = applier;
        }

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) throws IOException {
            String source = "log segment " + position.segment() + ", record at " + position.offset();
            applier.apply(LogRecordFormat.decode(type, payload, source), position);
            waiting++;
        }

        @Override
        public void onBatchEnd(LogPoint point) throws IOException {
            end = point;
            if (waiting >= RECORDS_PER_COMMIT) {
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

    /** Looks at nothing: the log verifies by itself what it shows. */
    private static final class Unseen implements RecordVisitor {
        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) {}

        @Override
        public void onBatchEnd(LogPoint end) {}
    }
}
