package io.azekura.actors.object;

import io.azekura.persistence.Check;

/**
 * Where each byte of an erasure-coded body lies. A full stripe is k units of {@code unitBytes}; unit u of stripe s is
 * on shard u at offset s · unitBytes. The last stripe may be shorter: its unit is ⌈rest / k⌉ rounded up to {@link
 * #ALIGNMENT_BYTES}, padded with zeros, so that parity never covers more than that.
 */
record StripeGeometry(long length, int dataShards, int unitBytes) {
    /** Width of a unit for new objects: large enough for sequential disk speed, small enough to stay in the L2 cache. */
    static final int UNIT_BYTES = 64 * 1024;

    /** The erasure code works on runs of this many bytes: one cache line. */
    static final int ALIGNMENT_BYTES = 64;

    StripeGeometry {
        Check.argument(length > 0, "a body without bytes has no stripes");
        Check.argument(unitBytes > 0 && unitBytes % ALIGNMENT_BYTES == 0, "unit of " + unitBytes + " bytes");
    }

    /** Is told where one run of body bytes lies: {@code length} bytes of a data shard. */
    @FunctionalInterface
    interface RunConsumer {
        void accept(int shard, long shardOffset, long bodyOffset, int length);
    }

    long stripeBytes() {
        return (long) dataShards * unitBytes;
    }

    long stripes() {
        return (length + stripeBytes() - 1) / stripeBytes();
    }

    /** Width of a unit of the given stripe. */
    int unitBytes(long stripe) {
        long rest = length - stripe * stripeBytes();
        if (rest >= stripeBytes()) {
            return unitBytes;
        }
        long exact = (rest + dataShards - 1) / dataShards;
        return (int) ((exact + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES);
    }

    /** Length of every shard, data and parity. */
    long shardBytes() {
        long last = stripes() - 1;
        return last * unitBytes + unitBytes(last);
    }

    /** Calls back for each run of the body bytes from {@code from} to {@code to}, in body order. */
    void forEachRun(long from, long to, RunConsumer consumer) {
        long at = from;
        while (at < to) {
            long stripe = at / stripeBytes();
            int width = unitBytes(stripe);
            int inStripe = (int) (at - stripe * stripeBytes());
            int shard = inStripe / width;
            int inUnit = inStripe - shard * width;
            int run = (int) Math.min(width - inUnit, to - at);
            consumer.accept(shard, stripe * unitBytes + inUnit, at, run);
            at += run;
        }
    }
}
