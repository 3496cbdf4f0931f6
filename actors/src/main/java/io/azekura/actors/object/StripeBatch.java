package io.azekura.actors.object;

/**
 * A few stripes of a body, encoded: the same {@code length} bytes of every shard, data first, ready to be appended. The
 * arrays are borrowed from {@link ShardBuffers}; whoever is last to use them gives them back.
 */
record StripeBatch(byte[][] shards, int length) {
    /** Stripes in one batch: enough that handing it to a drive's thread costs little beside writing it. */
    static final int STRIPES = 2;

    /** Most bytes of one shard in one batch. A body of a single batch is kept in the drives' logs. */
    static final int SHARD_BYTES_MAX = STRIPES * StripeGeometry.UNIT_BYTES;
}
