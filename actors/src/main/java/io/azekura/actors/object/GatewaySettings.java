package io.azekura.actors.object;

import com.typesafe.config.Config;
import io.azekura.persistence.Check;
import java.time.Duration;

/**
 * The section {@code azekura.gateway} of the configuration, which explains each.
 *
 * @param writeGrace how long a drive may lag behind enough of its peers before a write goes on without it
 * @param writeBound longest wait for one step of a write
 * @param readHedge how long one shard may keep a read waiting before another is read instead
 * @param readBound longest wait for a shard that nothing can replace
 * @param suspicion how long a drive that failed or lagged is asked last
 * @param batchesInFlight batches of stripes of one body that are written or read at once
 * @param threadsPerDrive most I/O threads that one drive may keep
 */
public record GatewaySettings(
        Duration writeGrace,
        Duration writeBound,
        Duration readHedge,
        Duration readBound,
        Duration suspicion,
        int batchesInFlight,
        int threadsPerDrive) {
    public GatewaySettings {
        Check.argument(batchesInFlight >= 1, "azekura.gateway.batches-in-flight must be at least 1");
        Check.argument(threadsPerDrive >= 1, "azekura.gateway.threads-per-drive must be at least 1");
    }

    /** Reads the section; {@code config} is that section itself. */
    public static GatewaySettings of(Config config) {
        return new GatewaySettings(
                config.getDuration("write-grace"),
                config.getDuration("write-bound"),
                config.getDuration("read-hedge"),
                config.getDuration("read-bound"),
                config.getDuration("suspicion"),
                config.getInt("batches-in-flight"),
                config.getInt("threads-per-drive"));
    }
}
