package io.azekura.persistence.drive;

import io.azekura.persistence.index.Location;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.shard.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The blocks of a small shard in the log. */
record LogBlocks(DriveLog log, Location.InLog location) implements BlockSource {
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
    public void close() {}
}
