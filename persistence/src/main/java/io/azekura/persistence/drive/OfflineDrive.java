package io.azekura.persistence.drive;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.SlotCursor;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A drive's directory that nobody has open: inspected, verified, and its index rebuilt. Holds the drive's lock until it
 * is closed. One thread.
 */
public final class OfflineDrive implements AutoCloseable {
    private static final long IDLE_BUFFER_BYTES = 8 << 20;

    private final Path directory;
    private final DriveId id;
    private final DriveSettings settings;
    private final DriveLock lock;
    private final AlignedBufferPool pool = new AlignedBufferPool(IDLE_BUFFER_BYTES);

    private OfflineDrive(Path directory, DriveId id, DriveSettings settings, DriveLock lock) {
        this.directory = directory;
        this.id = id;
        this.settings = settings;
        this.lock = lock;
    }

    /**
     * Takes the lock of the drive.
     *
     * @throws DriveFaultException if somebody has the drive open
     */
    public static OfflineDrive open(Path directory, DriveId id, DriveSettings settings) throws IOException {
        return new OfflineDrive(directory, id, settings, DriveLock.acquire(directory));
    }

    /** What the directory holds, without verifying more than is needed to count it. Changes nothing. */
    public DriveContents inspect() throws IOException {
        return DriveContents.of(directory, id);
    }

    /**
     * Verifies every byte that means something, and that the index says what the log says. Changes nothing of the drive.
     *
     * @param scratch a directory with room for two copies of the index, best on the same file system
     */
    public ScrubReport verify(Path scratch, SuperblockCheck superblocks) throws IOException {
        ScrubFindings findings = new ScrubFindings(damage -> {});
        try (IndexCopy copy = copyOfIndex(scratch, findings)) {
            boolean isCaughtUp = copy != null && isCaughtUp(copy.index());
            DriveIndex known = copy == null ? null : copy.index();
            Target target = new Target(directory, id, known, firstSegment(known), superblocks);
            new Scrub(target, pool, ScrubPace.FULL, findings, ScrubPosition.START, at -> {}).finishPass();
            if (copy != null && isCaughtUp) {
                compareWithLog(copy.index(), scratch, findings);
            }
        }
        return findings.report();
    }

    private @Nullable IndexCopy copyOfIndex(Path scratch, ScrubFindings findings) throws IOException {
        Path source = directory.resolve(DriveRecovery.INDEX);
        try {
            return IndexCopy.of(source, scratch, settings.index());
        } catch (IOException e) {
            if (!DriveRecovery.isDamage(e)) {
                throw e;
            }
            findings.add(
                    new Damage(Damage.Kind.INDEX_FILE, source, 0, null, null, "cannot be opened: " + e.getMessage()));
            return null;
        }
    }

    /** Where the log should begin: without an index, where it does begin. */
    private long firstSegment(@Nullable DriveIndex index) throws IOException {
        return index != null && index.checkpoint() != null
                ? DriveState.firstSegment(index)
                : DriveLog.firstSegment(directory.resolve(DriveRecovery.LOG));
    }

    /** Carries over what a crash took from the index; false if that cannot be done, for reasons that the scrub tells. */
    private boolean isCaughtUp(DriveIndex index) {
        try {
            replay(index, DriveRecovery.checkpoint(index));
            return true;
        } catch (IOException damaged) {
            return false;
        }
    }

    private void replay(DriveIndex index, LogPoint from) throws IOException {
        DriveState state = DriveState.load(index);
        CensusCheck check = new CensusCheck(
                state.census(),
                !from.equals(LogPoint.START),
                directory.resolve(DriveRecovery.LOG).toString());
        DriveRecovery.Replay replay = new DriveRecovery.Replay(
                new RecordApplier(index, index::get, state, true), check, from, DriveRecovery.RECORDS_PER_COMMIT);
        DriveLog.inspect(directory.resolve(DriveRecovery.LOG), id.value(), from, replay);
        replay.end();
    }

    /** What is missing in an index, or too much, is not seen by looking at what is there. */
    private void compareWithLog(DriveIndex index, Path scratch, ScrubFindings findings) throws IOException {
        boolean isLogDamaged = findings.report().damages().stream()
                .anyMatch(damage -> damage.kind() == Damage.Kind.LOG || damage.kind() == Damage.Kind.LOG_RECORD);
        if (isLogDamaged) {
            return;
        }
        try (IndexCopy rebuilt = IndexCopy.of(scratch.resolve("none"), scratch, settings.index())) {
            replay(rebuilt.index(), LogPoint.START);
            try (SlotCursor expected = rebuilt.index().slots();
                    SlotCursor present = index.slots()) {
                compare(expected, present, findings);
            }
        }
    }

    private void compare(SlotCursor expected, SlotCursor present, ScrubFindings findings) throws IOException {
        Cursor logged = new Cursor(expected);
        Cursor indexed = new Cursor(present);
        while (logged.key != null || indexed.key != null) {
            int order = order(logged.key, indexed.key);
            if (order < 0) {
                tell(findings, logged.key, "the index lacks a key that the log has");
            } else if (order > 0) {
                tell(findings, indexed.key, "the index has a key that the log lacks");
            } else if (!logged.slot().equals(indexed.slot())) {
                tell(findings, logged.key, "the index has another slot than the log");
            }
            if (order <= 0) {
                logged.advance();
            }
            if (order >= 0) {
                indexed.advance();
            }
        }
    }

    private static int order(@Nullable RegisterKey first, @Nullable RegisterKey second) {
        if (first == null || second == null) {
            return first == null ? 1 : -1;
        }
        return first.compareTo(second);
    }

    private void tell(ScrubFindings findings, @Nullable RegisterKey key, String what) {
        Path index = directory.resolve(DriveRecovery.INDEX);
        findings.add(new Damage(Damage.Kind.INDEX_ENTRY, index, 0, key, null, what));
    }

    /**
     * Sets the index aside as {@code index.damaged} and rebuilds it from the log.
     *
     * @throws io.azekura.persistence.CorruptException if the log is damaged before its end; the index stays as it is
     *     then, and the message says where
     */
    public IndexRebuilt rebuildIndex() throws IOException {
        return new DriveRecovery(directory, id, settings, pool, SegmentChannel.Opener.FILES).rebuildIndex();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** What {@link #rebuildIndex} made. {@code slots} are the keys in the new index. */
    public record IndexRebuilt(long slots, LogPoint end, Path aside) {}

    /** A cursor that knows whether it is at its end; entries that are damaged were told of before, and are left out. */
    private static final class Cursor {
        private final SlotCursor cursor;
        private @Nullable RegisterKey key;

        Cursor(SlotCursor cursor) throws IOException {
            this.cursor = cursor;
            advance();
        }

        void advance() throws IOException {
            key = cursor.next() ? cursor.key() : null;
        }

        StoredSlot slot() {
            return cursor.slot();
        }
    }

    private record Target(
            Path directory, DriveId id, @Nullable DriveIndex index, long firstSegment, SuperblockCheck superblocks)
            implements ScrubTarget {
        @Override
        public @Nullable LogPoint logEnd() {
            return null;
        }

        @Override
        public boolean isStaged(StagedShards.Name name) {
            return false;
        }

        @Override
        public boolean isFinished(StagedShards.Name name) {
            return false;
        }

        @Override
        public void verifySuperblocks(Consumer<Damage> damages) throws IOException {
            superblocks.verify(damages);
        }
    }
}
