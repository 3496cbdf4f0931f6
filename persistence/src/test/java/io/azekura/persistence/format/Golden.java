package io.azekura.persistence.format;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** The bytes that a released format version has, kept in {@code src/test/resources/golden}. */
public final class Golden {
    private static final Path FOUND = Path.of("target", "golden");

    private Golden() {}

    /** The golden file itself. */
    public static byte[] read(String name) throws IOException {
        try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name)) {
            return file == null ? new byte[0] : file.readAllBytes();
        }
    }

    /** Fails unless the bytes are those of the golden file; leaves what it found under {@code target/golden}. */
    public static void assertSame(String name, byte[] found) throws IOException {
        byte[] golden = read(name);
        if (!Arrays.equals(golden, found)) {
            Files.createDirectories(FOUND);
            Files.write(FOUND.resolve(name), found);
            fail(name + " is " + HexFormat.of().formatHex(golden) + " but the encoder now writes "
                    + HexFormat.of().formatHex(found));
        }
    }
}
