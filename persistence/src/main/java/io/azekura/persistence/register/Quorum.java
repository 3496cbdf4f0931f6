package io.azekura.persistence.register;

import io.azekura.persistence.Check;

/**
 * Sizes of a stripe set's quorums: {@code drives} is N, {@link #write} the majority W, {@link #read} is N − W + 1, the
 * fewest drives that meet every majority.
 */
public record Quorum(int drives) {
    public Quorum {
        Check.argument(drives >= 1 && drives <= 32, "a stripe set has 1 to 32 drives");
    }

    public int write() {
        return drives / 2 + 1;
    }

    public int read() {
        return drives - write() + 1;
    }
}
