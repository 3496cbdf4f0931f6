package io.azekura.http.metrics;

import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Answers whether the process lives and whether the store is ready, to anybody who asks, under the names that MinIO's
 * and RustFS's deployments already use. Only these very paths, so that buckets called {@code health} and {@code minio}
 * lose nothing else.
 */
public final class HealthProbe {
    private static final Set<String> LIVE = Set.of("/minio/health/live", "/health/live");
    private static final Set<String> READY = Set.of("/minio/health/ready", "/health/ready");
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final BooleanSupplier ready;

    /**
     * Probes of a process whose readiness the supplier knows.
     *
     * @param ready asked for every probe, on its thread: must not block
     */
    public HealthProbe(BooleanSupplier ready) {
        this.ready = ready;
    }

    public boolean isReady() {
        return ready.getAsBoolean();
    }

    /** The status to answer with an empty body, or nothing when this is no probe. */
    public Optional<Integer> answer(String method, String rawTarget) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Optional.empty();
        } else if (LIVE.contains(rawTarget)) {
            return Optional.of(OK);
        } else if (READY.contains(rawTarget)) {
            return Optional.of(isReady() ? OK : UNAVAILABLE);
        }
        return Optional.empty();
    }
}
