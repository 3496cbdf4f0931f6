package io.azekura.persistence.drive;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.shard.ShardFiles;
import io.azekura.persistence.shard.ShardScrub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the bytes that slots and staged shards name, where they say. On a drive in use they may be moved or freed
 * meanwhile: what looks like damage is told only if it is still named when it was seen. One thread.
 */
final class SlotScrub {
    private final ScrubTarget target;
    private final DriveIndex index;
    private final SegmentScrub log;
    private final ShardScrub shards;
    private final ScrubFindings findings;
    private final OrphanSearch orphans;
    private final Path root;

    /** What was found about the place that is being looked at. */
    private final List<Finding> found = new ArrayList<>();

    private record Finding(Damage.Kind kind, Path file, long offset, String what) {}

    /** One shard or body of a data id, and where it is. */
    private record Part(DataId id, Location location, boolean isBody) {}

    SlotScrub(
            ScrubTarget target,
            DriveIndex index,
            SegmentScrub log,
            AlignedBufferPool pool,
            ScrubPace pace,
            ScrubFindings findings,
            OrphanSearch orphans) {
        this.target = target;
        this.index = index;
        this.log = log;
        this.shards = new ShardScrub(pool, new ShardVisitor(pace));
        this.findings = findings;
        this.orphans = orphans;
        this.root = target.directory().resolve(DriveRecovery.SHARDS);
    }

    /** Verifies everything that the slot names. */
    void verify(RegisterKey key, StoredSlot slot) throws IOException {
        Set<Part> parts = new HashSet<>();
        List<Row> rows = slot.slot().rows();
        for (int i = 0; i < rows.size(); i++) {
            Content content = rows.get(i).state().content();
            DataId id = SlotChanges.dataId(content);
            boolean isBody = content instanceof Content.Whole;
            List<Location> locations = slot.locations().get(i);
            if (isBody && locations.isEmpty()) {
                found.add(new Finding(Damage.Kind.INDEX_ENTRY, indexPath(), 0, "a row without its body"));
                tell(key, id, isStillNamed(key, slot));
            }
            for (Location location : locations) {
                if (id != null) {
                    parts.add(new Part(id, location, isBody));
                }
            }
        }
        for (Part part : parts) {
            verify(part);
            tell(key, part.id, !found.isEmpty() && isStillNamed(key, part));
        }
    }

    /** Verifies a staged shard. */
    void verify(Staged staged) throws IOException {
        StagedShards.Name name =
                new StagedShards.Name(staged.id(), staged.location().shard());
        Path file = ShardFiles.file(root, name.id(), name.shard());
        if (staged.location() instanceof Location.InFile && !target.isFinished(name)) {
            if (!Files.exists(file)) {
                // Announced and not yet begun, or freed and not yet forgotten.
                return;
            }
            if (isUnfinished(file)) {
                if (target.logEnd() == null) {
                    String what =
                            "a shard file that was not finished, or lost its header; the next mounting removes it";
                    findings.add(new Damage(Damage.Kind.ORPHAN, file, 0, null, name.id(), what));
                }
                return;
            }
        }
        verify(new Part(staged.id(), staged.location(), false));
        boolean isStill = !found.isEmpty()
                && staged.location()
                        .equals(index.staged(staged.id(), staged.location().shard()))
                && (staged.location() instanceof Location.InLog || Files.exists(file));
        tell(null, staged.id(), isStill);
    }

    private boolean isUnfinished(Path file) throws IOException {
        try {
            return shards.isUnfinished(file);
        } catch (NoSuchFileException freed) {
            return true;
        }
    }

    private void tell(@Nullable RegisterKey key, @Nullable DataId id, boolean isStillNamed) {
        if (isStillNamed) {
            for (Finding one : found) {
                findings.add(new Damage(one.kind, one.file, one.offset, key, id, one.what));
            }
        }
        found.clear();
    }

    private boolean isStillNamed(RegisterKey key, Part part) throws IOException {
        StoredSlot now = index.get(key);
        return now != null && part.location.equals(SlotChanges.find(now, part.id, part.location.shard()));
    }

    private boolean isStillNamed(RegisterKey key, StoredSlot slot) throws IOException {
        return slot.equals(index.get(key));
    }

    private void verify(Part part) throws IOException {
        if (part.location instanceof Location.InLog inLog) {
            Path file = log.file(inLog.segment());
            try {
                if (part.isBody) {
                    verifyBody(inLog, part.id, file);
                } else {
                    shards.verifyInline(file, inLog.offset(), inLog.length(), part.id, inLog.shard());
                }
            } catch (NoSuchFileException missing) {
                found.add(new Finding(Damage.Kind.LOG_RECORD, file, inLog.offset(), "the segment is missing"));
            }
            return;
        }
        int shard = part.location.shard();
        Path file = ShardFiles.file(root, part.id, shard);
        orphans.named(part.id, shard);
        findings.countFile();
        try {
            shards.verify(file, part.id, shard);
        } catch (NoSuchFileException missing) {
            found.add(new Finding(Damage.Kind.SHARD, file, 0, "the shard file is missing"));
        }
    }

    private void verifyBody(Location.InLog inLog, DataId id, Path file) throws IOException {
        LogPosition position = new LogPosition(inLog.segment(), inLog.offset(), inLog.length());
        try {
            SegmentScrub.Sound record = log.readVerified(position);
            Bytes body = ShardKeeper.body(LogRecordFormat.decode(record.type(), record.payload(), "record"), id);
            if (body == null) {
                found.add(new Finding(Damage.Kind.LOG_RECORD, file, inLog.offset(), "another record"));
            }
        } catch (NoSuchFileException | ScrubStoppedException elsewhere) {
            throw elsewhere;
        } catch (IOException e) {
            found.add(new Finding(Damage.Kind.LOG_RECORD, file, inLog.offset(), String.valueOf(e.getMessage())));
        }
    }

    private Path indexPath() {
        return target.directory().resolve(DriveRecovery.INDEX);
    }

    private final class ShardVisitor implements ShardScrub.Visitor {
        private final ScrubPace pace;

        ShardVisitor(ScrubPace pace) {
            this.pace = pace;
        }

        @Override
        public void onBytes(long bytes) throws IOException {
            pace.spend(bytes);
        }

        @Override
        public void onDamage(Path file, long offset, String what) {
            boolean isInLog = !file.startsWith(root);
            found.add(new Finding(isInLog ? Damage.Kind.LOG_RECORD : Damage.Kind.SHARD, file, offset, what));
        }

        @Override
        public void onWaste(Path file, long offset, String what) {
            found.add(new Finding(Damage.Kind.WASTE, file, offset, what));
        }
    }
}
