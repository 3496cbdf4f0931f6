package io.azekura.persistence.simulation.history;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** A key of a bucket. */
record KeyName(String bucket, String key) {

    /** Keys are ordered by their bytes in UTF-8, which is not the order of Java's strings beyond the basic plane. */
    static final Comparator<String> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    @Override
    public String toString() {
        return bucket + "/" + key;
    }
}
