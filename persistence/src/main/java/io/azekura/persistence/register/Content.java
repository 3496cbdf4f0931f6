package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.DataId;
import java.util.List;

/** Where the bytes of a state are. The register decides about this description; the bytes travel beside it. */
public sealed interface Content {
    /** Longest body that travels whole in every accept, in bytes (register rule 1). */
    int WHOLE_BYTES_MAX = 16 * 1024;

    /** No bytes: a tombstone, an empty object, or a record that is nothing but its value. */
    record None() implements Content {}

    /** A small body that every accepting drive keeps whole. */
    record Whole(DataId id, int length) implements Content {
        public Whole {
            Check.argument(length > 0 && length <= WHOLE_BYTES_MAX, "whole body of " + length + " bytes");
        }
    }

    /**
     * An erasure-coded body. {@code unitBytes} is the width of one shard in a full stripe; {@code holders} names for
     * each shard, data first, the position in the stripe set of the drive that had it durable when the row was
     * accepted, or -1. A drive may hold more than one shard (displacement), and never counts when it is outside the set.
     */
    record Sharded(DataId id, long length, int dataShards, int parityShards, int unitBytes, List<Integer> holders)
            implements Content {
        public Sharded {
            holders = List.copyOf(holders);
            Check.argument(length > 0, "sharded body without bytes");
            Check.argument(dataShards >= 1 && parityShards >= 0 && dataShards + parityShards <= 32, "k + m over 32");
            Check.argument(holders.size() == dataShards + parityShards, "one holder per shard");
        }
    }

    Content NONE = new None();
}
