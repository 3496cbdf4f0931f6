package io.azekura.persistence.replica;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Content;
import java.util.Map;

/** Makes one shard of a content out of k others. */
@FunctionalInterface
public interface ShardCoding {
    /** {@code shards} are at least k different shards by number; their bytes are whole. */
    Bytes rebuild(Content.Sharded content, int shard, Map<Integer, Bytes> shards);
}
