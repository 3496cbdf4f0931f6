package io.azekura.multijvm.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** The launcher's choice for the Java and the machine that run this test. */
    static List<String> jvmFlags() {
        List<String> flags = new ArrayList<>();
        if (Runtime.version().feature() >= FIRST_JAVA_THAT_ASKS) {
            flags.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        Path natives = directory().resolve("lib/META-INF/native/linux64");
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        flags.add("-Dlibrary.leveldbjni.path=" + (arm ? natives.resolve("aarch64") : natives));
        return flags;
    }
}
