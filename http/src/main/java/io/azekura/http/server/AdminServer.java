package io.azekura.http.server;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.PrometheusText;
import io.azekura.http.route.S3Response;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener: {@code GET /metrics} in Prometheus' format, and the health probes. A port of its own, because on
 * the S3 port every path is a bucket's and metrics tell strangers too much.
 */
public final class AdminServer {
    private static final String METRICS = "/metrics";
    private static final String BEARER = "Bearer ";
    private static final String PLAIN = "text/plain; charset=utf-8";

    private final AdminSettings settings;
    private final PrometheusRegistry registry;
    private final HealthProbe health;
    private final ResponseWriter writer;

    private AdminServer(
            AdminSettings settings, PrometheusRegistry registry, HealthProbe health, ResponseWriter writer) {
        this.settings = settings;
        this.registry = registry;
        this.health = health;
        this.writer = writer;
    }

    /** Binds and serves. The stage fails when the address cannot be bound. */
    public static CompletionStage<ServerBinding> start(
            ActorSystem<?> system, AdminSettings settings, PrometheusRegistry registry, HealthProbe health) {
        AdminServer server = new AdminServer(settings, registry, health, new ResponseWriter(system));
        return Http.get(system)
                .newServerAt(settings.host(), settings.port())
                .withSettings(AkkaHttpSettings.of(system))
                .bindSync(server::answer);
    }

    private HttpResponse answer(HttpRequest http) {
        return writer.write(RequestIds.next(), response(http), (bytes, outcome) -> {});
    }

    private S3Response response(HttpRequest http) {
        String method = http.method().value();
        String target = RequestReader.rawTarget(http);
        Optional<Integer> probe = health.answer(method, target);
        if (probe.isPresent()) {
            return S3Response.empty(probe.get());
        } else if (!target.equals(METRICS)) {
            return text(404, "There is /metrics here, and /health/live and /health/ready.\n");
        } else if (!method.equals("GET")) {
            return text(405, "GET only.\n");
        } else if (!isAllowed(
                http.getHeader("authorization").map(HttpHeader::value).orElse(null))) {
            return text(401, "Needs the bearer token.\n").with("WWW-Authenticate", "Bearer");
        }
        return new S3Response(
                200, List.of(), new S3Response.StrictBody(PrometheusText.CONTENT_TYPE, PrometheusText.of(registry)));
    }

    private boolean isAllowed(@Nullable String authorization) {
        String token = settings.bearerToken();
        return token == null
                || (authorization != null
                        && MessageDigest.isEqual(
                                (BEARER + token).getBytes(StandardCharsets.UTF_8),
                                authorization.getBytes(StandardCharsets.UTF_8)));
    }

    private static S3Response text(int status, String text) {
        return new S3Response(status, List.of(), new S3Response.StrictBody(PLAIN, ByteString.fromString(text)));
    }
}
