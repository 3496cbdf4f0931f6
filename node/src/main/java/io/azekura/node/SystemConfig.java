package io.azekura.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.azekura.node.settings.Settings;
import java.time.Duration;
import java.util.Map;

/** The actor system's configuration: what was stacked, with the few values that follow from our own settings. */
final class SystemConfig {
    /** Room for the listeners to close connections after the drain time has cut the last request. */
    private static final Duration UNBIND_EXTRA = Duration.ofSeconds(5);

    private static final String PHASE = "akka.coordinated-shutdown.phases.";
    private static final String CLOSE_DRIVES_MAX = "30s";

    private SystemConfig() {}

    static Config of(Settings settings) {
        Duration drained = settings.stop().drainTime().plus(UNBIND_EXTRA);
        int threads = settings.drives().size() * settings.gateway().threadsPerDrive();
        String poolSize = Store.IO_DISPATCHER + ".thread-pool-executor.fixed-pool-size";
        Map<String, Object> derived = Map.of(
                PHASE + "service-requests-done.timeout",
                drained.toMillis() + "ms",
                PHASE + "actor-system-terminate.timeout",
                CLOSE_DRIVES_MAX,
                poolSize,
                Math.max(threads, settings.config().getInt(poolSize)));
        return ConfigFactory.parseMap(derived, "derived from the settings").withFallback(settings.config());
    }
}
