package io.azekura.persistence.drive;

import io.azekura.persistence.index.Location;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.TrimmedException;
import io.azekura.persistence.shard.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The blocks of a small shard in the log, which stay there until it is closed. */
final class LogBlocks implements BlockSource {
    private final DriveLog log;
    private final Location.InLog location;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private LogBlocks(DriveLog log, Location.InLog location) {
        this.log = log;
        this.location = location;
    }

    /**
     * Keeps the place from being trimmed.
     *
     * @throws TrimmedException if it was: the shard is elsewhere by now
     */
    static LogBlocks pin(DriveLog log, Location.InLog location) throws TrimmedException {
        if (!log.pin(location.segment())) {
            throw new TrimmedException(log.file(location.segment()).toString());
        }
        return new LogBlocks(log, location);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        LogPosition position = new LogPosition(location.segment(), location.offset(), location.length());
        log.read(position, Math.toIntExact(offset), target);
    }

    @Override
    public String name() {
        return log.file(location.segment()).toString();
    }

    @Override
    public long origin() {
        return location.offset();
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            log.unpin(location.segment());
        }
    }
}
