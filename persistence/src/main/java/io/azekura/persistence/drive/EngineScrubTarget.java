package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A drive in use. */
record EngineScrubTarget(
        Path directory, DriveId id, DriveLog log, DriveIndex index, StagedShards staged, SuperblockCheck superblocks)
        implements ScrubTarget {
    @Override
    public long firstSegment() {
        return log.firstSegment();
    }

    @Override
    public LogPoint logEnd() {
        return log.end();
    }

    @Override
    public boolean isStaged(StagedShards.Name name) {
        return staged.contains(name.id(), name.shard());
    }

    @Override
    public boolean isFinished(StagedShards.Name name) {
        return staged.isStaged(name.id(), name.shard());
    }

    @Override
    public void verifySuperblocks(Consumer<Damage> damages) throws IOException {
        superblocks.verify(damages);
    }
}
