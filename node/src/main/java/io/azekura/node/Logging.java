package io.azekura.node;

import io.azekura.node.settings.Settings.LogSettings;
import java.util.Locale;

/** Hands the log settings to {@code logback.xml}, which reads them from system properties. */
final class Logging {
    private Logging() {}

    /** Must run before the first logger is made: the back end reads its configuration once. */
    static void configure(LogSettings settings) {
        System.setProperty("azekura.log.format", settings.format().name().toLowerCase(Locale.ROOT));
        System.setProperty("azekura.log.level", settings.level().name());
    }
}
