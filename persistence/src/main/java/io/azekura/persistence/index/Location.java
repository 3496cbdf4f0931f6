package io.azekura.persistence.index;

import io.azekura.persistence.Check;

/** Where on this drive the bytes of one shard of a row are. A whole body counts as shard {@link #WHOLE}. */
public sealed interface Location {
    /** The shard number under which a whole body is kept. */
    int WHOLE = 0;

    /** Highest shard number; the widest layout has 32 shards. */
    int SHARD_MAX = 254;

    int shard();

    /** In the drive's log: {@code length} bytes at {@code offset} of the segment. */
    record InLog(int shard, long segment, long offset, int length) implements Location {
        public InLog {
            Check.argument(shard >= 0 && shard <= SHARD_MAX, "shard number " + shard);
            Check.argument(segment >= 0 && offset >= 0 && length >= 0, "negative place in the log");
        }
    }

    /** In a file of its own, whose name follows from the data id and the shard number. */
    record InFile(int shard) implements Location {
        public InFile {
            Check.argument(shard >= 0 && shard <= SHARD_MAX, "shard number " + shard);
        }
    }
}
