package io.azekura.http.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the S3 listener counts. Names and labels are promised to dashboards; any thread may count. */
public final class S3Metrics {
    /** Label of requests that were refused before it was known what they wanted. */
    public static final String NO_OPERATION = "none";

    private static final double NANOS_PER_SECOND = 1e9;

    /** From a read out of memory to a large upload. */
    private static final double[] SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    private final Counter requests;
    private final Counter errors;
    private final Histogram seconds;
    private final Gauge inFlight;
    private final CounterDataPoint receivedBytes;
    private final CounterDataPoint sentBytes;

    public S3Metrics(PrometheusRegistry registry) {
        requests = Counter.builder()
                .name("azekura_s3_requests_total")
                .help("Requests answered, by operation and class of status.")
                .labelNames("operation", "status")
                .register(registry);
        errors = Counter.builder()
                .name("azekura_s3_errors_total")
                .help("Requests refused, by the code that the client was told.")
                .labelNames("code")
                .register(registry);
        seconds = Histogram.builder()
                .name("azekura_s3_request_seconds")
                .help("Time from the head of a request to the head of its answer, by operation.")
                .labelNames("operation")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        inFlight = Gauge.builder()
                .name("azekura_s3_requests_in_flight")
                .help("Requests whose answer has not been handed over to its last byte.")
                .register(registry);
        receivedBytes = Counter.builder()
                .name("azekura_s3_received_bytes_total")
                .help("Bytes of request bodies read, framing of chunks included.")
                .register(registry);
        sentBytes = Counter.builder()
                .name("azekura_s3_sent_bytes_total")
                .help("Bytes of response bodies handed to connections.")
                .register(registry);
    }

    public void started() {
        inFlight.inc();
    }

    /** The head of the answer is there. */
    public void answered(String operation, int status, long nanos) {
        requests.labelValues(operation, status / 100 + "xx").inc();
        seconds.labelValues(operation).observe(nanos / NANOS_PER_SECOND);
    }

    public void refused(String code) {
        errors.labelValues(code).inc();
    }

    public void received(long bytes) {
        receivedBytes.inc(bytes);
    }

    /** The answer has ended, whole or not. */
    public void ended(long bytesSent) {
        inFlight.dec();
        sentBytes.inc(bytesSent);
    }
}
