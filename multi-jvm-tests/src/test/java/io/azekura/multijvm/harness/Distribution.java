package io.azekura.multijvm.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The built distribution that the processes under test are started from, and what a JVM of this version needs. */
final class Distribution {
    private static final String PROPERTY = "azekura.distribution";
    private static final int FIRST_JAVA_THAT_ASKS = 24;

    private Distribution() {}

    static Path directory() {
        String name = System.getProperty(PROPERTY, "");
        Path directory = Path.of(name).toAbsolutePath().normalize();
        if (name.isEmpty() || !Files.isDirectory(directory.resolve("lib"))) {
            throw new AssertionError("system property " + PROPERTY + " must name an unpacked distribution, not \""
                    + name + "\"; mvn verify builds one and sets it");
        }
        return directory;
    }

    /** The launcher's choice for the Java that runs this test. */
    static List<String> jvmFlags() {
        return Runtime.version().feature() < FIRST_JAVA_THAT_ASKS
                ? List.of()
                : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }
}
