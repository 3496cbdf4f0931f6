package io.azekura.multijvm.harness;

import java.security.SecureRandom;

/** Where the randomness of a run begins; its text repeats the run. */
public record Seed(long value) {
    private static final String PROPERTY = "azekura.test.seed";

    /** The seed that the property names, else a new one. Printed, so that a failure can be repeated. */
    public static Seed draw() {
        String given = System.getProperty(PROPERTY, "");
        Seed seed = new Seed(given.isEmpty() ? new SecureRandom().nextLong() : Long.parseLong(given));
        System.out.println(seed);
        return seed;
    }

    @Override
    public String toString() {
        return "-D" + PROPERTY + "=" + value;
    }
}
