package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.ScrubPosition.Phase;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.IndexFiles;
import io.azekura.persistence.index.IndexScrub;
import io.azekura.persistence.index.IndexVerification;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass over every byte of a drive that means something: superblocks, log, files and entries of the index, and every
 * shard and body that a slot names. Reads past the page cache, mends nothing, and is not stopped by what it finds. One
 * thread; {@link #position} may be asked for by any.
 *
 * <p>Memory is bounded by one batch of the log, one page of the index and one set of file names.
 */
final class Scrub {
    /** Slots looked at between two cursors: each is open only while it reads, as it keeps LevelDB from freeing files. */
    private static final int ENTRIES_PER_PAGE = 256;

    private final ScrubTarget target;
    private final AlignedBufferPool pool;
    private final ScrubPace pace;
    private final ScrubFindings findings;
    private final Consumer<ScrubPosition> onPosition;
    private volatile ScrubPosition position;

    Scrub(
            ScrubTarget target,
            AlignedBufferPool pool,
            ScrubPace pace,
            ScrubFindings findings,
            ScrubPosition position,
            Consumer<ScrubPosition> onPosition) {
        this.target = target;
        this.pool = pool;
        this.pace = pace;
        this.findings = findings;
        this.position = position;
        this.onPosition = onPosition;
    }

    ScrubPosition position() {
        return position;
    }

    /**
     * Goes on to the end of the pass.
     *
     * @throws ScrubStoppedException if the pace says so
     */
    void finishPass() throws IOException {
        while (position.phase() != Phase.RESTING) {
            switch (position.phase()) {
                case SUPERBLOCK -> {
                    target.verifySuperblocks(findings::add);
                    moveTo(position.at(Phase.LOG));
                }
                case LOG -> {
                    verifyLog();
                    moveTo(position.at(Phase.INDEX_FILES));
                }
                case INDEX_FILES -> {
                    verifyIndexFiles();
                    moveTo(position.at(Phase.ENTRIES));
                }
                default -> {
                    verifyEntries();
                    moveTo(position.at(Phase.RESTING));
                }
            }
        }
    }

    private void moveTo(ScrubPosition next) {
        position = next;
        onPosition.accept(next);
    }

    private void spend(long bytes) throws IOException {
        findings.countBytes(bytes);
        pace.spend(bytes);
    }

    private void verifyLog() throws IOException {
        LogPoint end = target.logEnd();
        SegmentScrub log = logScrub();
        if (end == null) {
            log.verifyAll(target.firstSegment());
        } else {
            log.verify(target::firstSegment, position.log(), end);
        }
    }

    private SegmentScrub logScrub() {
        return new SegmentScrub(
                target.directory().resolve(DriveRecovery.LOG), target.id().value(), pool, new LogVisitor());
    }

    private void verifyIndexFiles() throws IOException {
        Path index = target.directory().resolve(DriveRecovery.INDEX);
        new IndexFiles(index, pool, new IndexFiles.Visitor() {
                    @Override
                    public void onBytes(long bytes) throws IOException {
                        spend(bytes);
                    }

                    @Override
                    public void onDamage(Path file, long offset, String what) {
                        findings.add(new Damage(Damage.Kind.INDEX_FILE, file, offset, null, null, what));
                    }
                })
                .verify();
    }

    private void verifyEntries() throws IOException {
        DriveIndex index = target.index();
        if (index == null) {
            return;
        }
        boolean isFromStart = position.indexKey().equals(IndexScrub.START);
        OrphanSearch orphans = new OrphanSearch(target, index, position.orphanDirectory());
        if (isFromStart) {
            orphans.begin();
        }
        SlotScrub slots = new SlotScrub(target, index, logScrub(), pool, this::spend, findings, orphans);
        IndexScrub entries = new IndexScrub(index, new EntryVisitor(slots));
        for (Bytes at = position.indexKey(); at != null; at = entries.page(at, ENTRIES_PER_PAGE)) {
            moveTo(position.at(at));
        }
        verifyCensus(index);
        if (isFromStart) {
            orphans.end(findings);
            moveTo(position.withOrphanDirectory(orphans.nextDirectory()));
        }
    }

    /** What is missing in the index, or older than it should be, is not seen by looking at what is there. */
    private void verifyCensus(DriveIndex index) throws IOException {
        try (IndexVerification verification = index.verification()) {
            while (verification.advance(ENTRIES_PER_PAGE)) {
                spend(0);
            }
        } catch (CorruptException e) {
            Path directory = target.directory().resolve(DriveRecovery.INDEX);
            findings.add(new Damage(Damage.Kind.INDEX_ENTRY, directory, 0, null, null, String.valueOf(e.getMessage())));
        }
    }

    private final class LogVisitor implements SegmentScrub.Visitor {
        @Override
        public void onBytes(long bytes) throws IOException {
            spend(bytes);
        }

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition at) {
            findings.countRecord();
            try {
                LogRecordFormat.decode(type, payload, "record");
            } catch (IOException | IllegalArgumentException e) {
                add(at, null, "a record with a valid checksum that means nothing: " + e.getMessage());
            }
        }

        @Override
        public void onDamagedRecord(byte type, ByteBuffer payload, LogPosition at) {
            RegisterKey key = keyOf(type, payload);
            String length = " of " + at.length() + " bytes fails its checksum";
            add(
                    at,
                    key,
                    "one of the " + LogContents.nameOf(type) + length
                            + (key == null ? "" : "; the key is what it says"));
        }

        private void add(LogPosition at, @Nullable RegisterKey key, String what) {
            Path file = logScrub().file(at.segment());
            findings.add(new Damage(Damage.Kind.LOG_RECORD, file, at.offset(), key, null, what));
        }

        @Override
        public void onDamage(Path file, long offset, String what) {
            findings.add(new Damage(Damage.Kind.LOG, file, offset, null, null, what));
        }

        @Override
        public void onWaste(Path file, long offset, String what) {
            findings.add(new Damage(Damage.Kind.WASTE, file, offset, null, null, what));
        }

        @Override
        public void onPlace(SegmentScrub.Place place) {
            moveTo(position.at(place));
        }

        /** The key in a damaged record, if the index has such a key. */
        private @Nullable RegisterKey keyOf(byte type, ByteBuffer payload) {
            DriveIndex index = target.index();
            try {
                RegisterKey key = LogRecordFormat.keyOf(type, payload);
                return key != null && index != null && index.get(key) != null ? key : null;
            } catch (IOException | IllegalArgumentException unreadable) {
                return null;
            }
        }
    }

    private final class EntryVisitor implements IndexScrub.Visitor {
        private final SlotScrub slots;

        EntryVisitor(SlotScrub slots) {
            this.slots = slots;
        }

        @Override
        public void onBytes(long bytes) throws IOException {
            spend(bytes);
        }

        @Override
        public void onSlot(RegisterKey key, StoredSlot slot) throws IOException {
            findings.countSlot();
            slots.verify(key, slot);
        }

        @Override
        public void onStaged(Staged staged) throws IOException {
            slots.verify(staged);
        }

        @Override
        public void onDamage(@Nullable RegisterKey key, String what) {
            Path index = target.directory().resolve(DriveRecovery.INDEX);
            findings.add(new Damage(Damage.Kind.INDEX_ENTRY, index, 0, key, null, what));
        }
    }
}
