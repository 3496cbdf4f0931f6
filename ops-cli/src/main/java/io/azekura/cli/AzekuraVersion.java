package io.azekura.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, written into a resource by the build. */
public final class AzekuraVersion implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    /** Such as {@code 0.1.0}. */
    public static String current() {
        Properties properties = new Properties();
        try (InputStream in = AzekuraVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the class path");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read", e);
        }
        return properties.getProperty("version");
    }

    /** What {@code azekura version} prints: the build, and the Java it runs on. */
    @Override
    public String[] getVersion() {
        return new String[] {
            "azekura " + current(),
            String.format(
                    Locale.ROOT,
                    "Java %s, %s %s",
                    Runtime.version(),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"))
        };
    }
}
