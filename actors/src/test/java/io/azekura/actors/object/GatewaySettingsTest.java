package io.azekura.actors.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
    private final Config defaults = ConfigFactory.defaultReference();

    @Test
    void defaultsLoadAndLeaveThreadsForEveryDriveOfASmallNode() {
        GatewaySettings settings = GatewaySettings.of(defaults.getConfig("azekura.gateway"));
        assertEquals(Duration.ofSeconds(5), settings.writeGrace());
        assertTrue(settings.writeGrace().compareTo(settings.writeBound()) < 0);
        assertTrue(settings.readHedge().compareTo(settings.readBound()) < 0);
        int threads = defaults.getInt("azekura.io-dispatcher.thread-pool-executor.fixed-pool-size");
        assertTrue(threads >= 6 * settings.threadsPerDrive() + ObjectGateway.LISTING_THREADS);
    }

    @Test
    void impossibleSettingsNameTheirKey() {
        Config broken =
                ConfigFactory.parseString("batches-in-flight = 0").withFallback(defaults.getConfig("azekura.gateway"));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> GatewaySettings.of(broken));
        assertTrue(String.valueOf(refusal.getMessage()).contains("azekura.gateway.batches-in-flight"));
    }
}
