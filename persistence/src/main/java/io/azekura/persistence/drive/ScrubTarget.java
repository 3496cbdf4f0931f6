package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.log.LogPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The drive that a scrub goes over: one that is in use, or a directory that nobody has open. */
interface ScrubTarget {
    Path directory();

    DriveId id();

    /** The number of the first segment of the log. */
    long firstSegment();

    /** The point behind what is durable in the log, or null when nobody has it open, so that all of it can be read. */
    @Nullable
    LogPoint logEnd();

    /** The index, or null when it cannot be opened: then nothing that only it knows of is looked at. */
    @Nullable
    DriveIndex index();

    /** Whether the shard is there, or on its way, and no row names it yet. */
    boolean isStaged(StagedShards.Name name);

    /** Whether a staged shard is known to be wholly there. After a crash nobody knows. */
    boolean isFinished(StagedShards.Name name);

    /** Verifies the copies of the superblock. */
    void verifySuperblocks(Consumer<Damage> damages) throws IOException;
}
