package io.azekura.persistence.layout;

import io.azekura.persistence.Check;

/** Into how many shards bodies are cut: any {@code dataShards} of all of them give the body back. */
public record ErasureShape(int dataShards, int parityShards) {
    public ErasureShape {
        Check.argument(dataShards >= 1, "fewer than one data shard");
        Check.argument(parityShards >= 0, "negative parity shards");
        Check.argument(
                dataShards + parityShards <= StripeSet.DRIVES_MAX, "more than " + StripeSet.DRIVES_MAX + " shards");
    }

    /** N, how many drives one body is spread over. */
    public int drives() {
        return dataShards + parityShards;
    }

    /**
     * What so many drives are used for unless it is set otherwise: up to five all of them, from six on a fixed width
     * that leaves room for writing with a drive down. One drive has no redundancy at all.
     */
    public static ErasureShape forDrives(int drives) {
        Check.argument(drives >= 1, "a layout without drives");
        if (drives <= 3) {
            return new ErasureShape(1, drives - 1);
        }
        if (drives <= 5) {
            return new ErasureShape(drives - 2, 2);
        }
        if (drives <= 7) {
            return new ErasureShape(4, 2);
        }
        return drives <= 11 ? new ErasureShape(5, 3) : new ErasureShape(8, 4);
    }

    @Override
    public String toString() {
        return dataShards + "+" + parityShards;
    }
}
