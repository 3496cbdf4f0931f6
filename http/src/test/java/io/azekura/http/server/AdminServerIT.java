package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.ServerBinding;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerIT {
    private static final String TOKEN = "a-token-for-this-test";

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "admin-test");
    private int port;

    @BeforeEach
    void start() {
        PrometheusRegistry registry = new PrometheusRegistry();
        JvmMetrics.register(registry);
        ServerBinding binding = AdminServer.start(
                        system, new AdminSettings("127.0.0.1", 0, TOKEN), registry, new HealthProbe(() -> false))
                .toCompletableFuture()
                .join();
        port = binding.localAddress().getPort();
    }

    @AfterEach
    void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private RawClient.Answer ask(String line, String... headers) throws IOException {
        try (RawClient client = new RawClient(port)) {
            StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: localhost\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            client.send(request.append("\r\n").toString());
            return client.read(line.startsWith("HEAD"));
        }
    }

    @Test
    void metricsNeedTheToken() throws IOException {
        assertEquals(401, ask("GET /metrics").status());
        assertEquals(
                401, ask("GET /metrics", "Authorization: Bearer another-token").status());
        RawClient.Answer answer = ask("GET /metrics", "Authorization: Bearer " + TOKEN);
        assertEquals(200, answer.status());
        assertTrue(answer.header("Content-Type").orElseThrow().startsWith("text/plain"));
        for (String name : new String[] {
            "jvm_memory_used_bytes{area=\"heap\"}",
            "jvm_threads_current",
            "jvm_gc_seconds_total{gc=",
            "process_cpu_seconds_total",
            "process_start_time_seconds"
        }) {
            assertTrue(answer.text().contains(name), name);
        }
    }

    @Test
    void probesNeedNone() throws IOException {
        assertEquals(200, ask("GET /health/live").status());
        assertEquals(503, ask("GET /health/ready").status());
        assertEquals(503, ask("HEAD /minio/health/ready").status());
    }

    @Test
    void everythingElseIsNotFound() throws IOException {
        assertEquals(404, ask("GET /").status());
        assertEquals(404, ask("GET /metrics/../metrics").status());
        assertEquals(405, ask("PUT /metrics").status());
    }
}
