package io.azekura.http.server;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.sigv4.Authenticator;
import java.time.Clock;

/**
 * What the S3 listener works with.
 *
 * @param clock against which the times of signatures are judged
 */
public record S3Services(
        ObjectStore store, Authenticator authenticator, Clock clock, S3Metrics metrics, HealthProbe health) {}
