package io.azekura.multijvm.harness;

import java.util.SplittableRandom;

/**
 * Bytes that need not be kept to be checked: made from a seed, the same every time.
 *
 * @param seed no two contents of a test may share one
 */
public record Content(long seed, int length) {
    public byte[] bytes() {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}
