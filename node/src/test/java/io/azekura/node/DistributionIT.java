package io.azekura.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped: small enough for the edge, without what the licence or the security of the node forbids. */
class DistributionIT {
    /** Half of the 100 MB that an installation with its own Java may take. */
    private static final long JARS_BYTES_MAX = 50_000_000;

    private static final List<String> BANNED = List.of(
            "akka-serialization-jackson",
            "jackson-",
            "lmdbjava",
            "akka-cluster-metrics",
            "akka-management",
            "scalatest",
            "junit");

    private final Path home = Path.of(System.getProperty("azekura.distribution"));

    @Test
    void theJarsTogetherStayBelowFiftyMegabytes() throws IOException {
        long total = 0;
        for (Path jar : jars()) {
            total += Files.size(jar);
        }
        System.out.println("shipped jars: " + jars().size() + ", together " + total + " bytes");
        assertTrue(total <= JARS_BYTES_MAX, "the jars take " + total + " bytes, allowed are " + JARS_BYTES_MAX);
    }

    @Test
    void nothingBannedIsShippedAndNoLibraryTwice() throws IOException {
        List<String> names =
                jars().stream().map(jar -> jar.getFileName().toString()).toList();
        for (String banned : BANNED) {
            assertEquals(
                    List.of(),
                    names.stream().filter(name -> name.contains(banned)).toList());
        }
        List<String> withoutVersion =
                names.stream().map(name -> name.replaceFirst("-\\d.*", "")).toList();
        assertEquals(withoutVersion.size(), withoutVersion.stream().distinct().count(), names.toString());
    }

    @Test
    void launcherLicenceNoticeAndSampleConfigurationAreThere() {
        assertTrue(Files.isExecutable(home.resolve("bin/azekura")));
        for (String name : List.of(
                "LICENSE",
                "NOTICE",
                "README.md",
                "conf/azekura.conf",
                "lib/META-INF/native/linux64/libleveldbjni.so",
                "lib/META-INF/native/linux64/aarch64/libleveldbjni.so")) {
            assertTrue(Files.isRegularFile(home.resolve(name)), name);
        }
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }
}
