package io.azekura.http.server;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import io.azekura.http.error.ErrorDocument;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.route.Call;
import io.azekura.http.route.Operation;
import io.azekura.http.route.RequestBody;
import io.azekura.http.route.Router;
import io.azekura.http.route.S3Request;
import io.azekura.http.route.S3Response;
import io.azekura.http.route.Target;
import io.azekura.http.sigv4.Authentication;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Authentication.Rejected;
import io.azekura.http.sigv4.Authenticator;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes a request through its stations: limits, authentication, routing, body, store. A request that is refused on the
 * way leaves its body unread; Akka then closes the connection after the answer, and a client that waits for
 * {@code 100 Continue} sends nothing. (Discarding the body would ask for it.)
 */
final class S3Handler {
    private static final Logger LOG = LoggerFactory.getLogger(S3Handler.class);
    private static final int UNAVAILABLE = 503;
    private static final String RETRY_AFTER_SECONDS = "1";

    private final S3Settings settings;
    private final Authenticator authenticator;
    private final Clock clock;
    private final S3Metrics metrics;
    private final HealthProbe health;
    private final RequestReader reader;
    private final Router router;
    private final ResponseWriter writer;
    private final Materializer materializer;
    private final Level level;
    private final AtomicInteger inFlight = new AtomicInteger();

    S3Handler(S3Settings settings, S3Services services, ResponseWriter writer, Materializer materializer) {
        this.settings = settings;
        this.authenticator = services.authenticator();
        this.clock = services.clock();
        this.metrics = services.metrics();
        this.health = services.health();
        this.reader = new RequestReader(settings.domains());
        this.router = new Router(services.store(), settings.region());
        this.writer = writer;
        this.materializer = materializer;
        this.level = settings.logRequestsAtInfo() ? Level.INFO : Level.DEBUG;
    }

    CompletionStage<HttpResponse> handle(HttpRequest http) {
        Optional<Integer> probe = probe(http);
        if (probe.isPresent()) {
            S3Response answer = S3Response.empty(probe.get());
            return CompletableFuture.completedFuture(writer.write(RequestIds.next(), answer, (bytes, outcome) -> {}));
        }
        Exchange exchange = new Exchange(
                RequestIds.next(), http.method().value(), RequestReader.remoteAddress(http), metrics, level);
        if (inFlight.incrementAndGet() > settings.inFlightMax()) {
            return CompletableFuture.completedFuture(
                    finish(exchange, refusal(exchange, null, S3Error.SLOW_DOWN.asException())));
        }
        return answer(exchange, http);
    }

    /** A bucket's own host name has no probes, only keys. */
    private Optional<Integer> probe(HttpRequest http) {
        return health.answer(http.method().value(), RequestReader.rawTarget(http))
                .filter(status -> reader.virtualBucket(http) == null);
    }

    private CompletionStage<HttpResponse> answer(Exchange exchange, HttpRequest http) {
        S3Request request;
        try {
            request = reader.read(exchange.id(), http);
        } catch (RuntimeException failure) {
            return CompletableFuture.completedFuture(finish(exchange, failed(exchange, null, failure)));
        }
        exchange.isAbout(request.target());
        CompletionStage<S3Response> response;
        try {
            response = run(exchange, request, http);
        } catch (RuntimeException failure) {
            response = CompletableFuture.failedFuture(failure);
        }
        return response.handle((answer, failure) -> finish(
                exchange,
                failure == null ? withRegion(request.target(), answer) : failed(exchange, request.target(), failure)));
    }

    private CompletionStage<S3Response> run(Exchange exchange, S3Request request, HttpRequest http) {
        Authentication authentication = authenticator.authenticate(request.raw(), clock.instant());
        if (authentication instanceof Rejected rejected) {
            throw rejected.refusal();
        }
        Operation operation = router.route(request);
        exchange.isFor(operation.name());
        RequestBody body = new RequestBody(
                request.raw(),
                ((Authenticated) authentication).payload(),
                http.entity(),
                materializer,
                metrics::received);
        return operation.run(new Call(request, (Authenticated) authentication, body));
    }

    private HttpResponse finish(Exchange exchange, S3Response response) {
        MeteredBody.End end = (bytes, outcome) -> {
            inFlight.decrementAndGet();
            exchange.ended(bytes, outcome);
        };
        exchange.answered(response.status());
        try {
            return writer.write(exchange.id(), response, end);
        } catch (RuntimeException bug) {
            S3Response error = failed(exchange, null, bug);
            exchange.answered(error.status());
            return writer.write(exchange.id(), error, end);
        }
    }

    private S3Response failed(Exchange exchange, @Nullable Target target, Throwable failure) {
        Optional<S3Exception> refusal = Failures.refusal(failure);
        if (refusal.isEmpty()) {
            LOG.atError()
                    .addKeyValue("requestId", exchange.id())
                    .setCause(Failures.unwrapped(failure))
                    .log("Request failed");
        }
        return refusal(exchange, target, refusal.orElseGet(S3Error.INTERNAL_ERROR::asException));
    }

    private S3Response refusal(Exchange exchange, @Nullable Target target, S3Exception refusal) {
        exchange.refused(refusal.error().code());
        String resource = target == null ? "/" : target.resource();
        S3Response.Body body = exchange.isHead()
                ? S3Response.NoBody.INSTANCE
                : new S3Response.StrictBody(
                        S3Response.XML, ErrorDocument.of(refusal, resource, exchange.id(), RequestIds.HOST_ID));
        S3Response response = new S3Response(refusal.error().status(), List.of(), body);
        if (refusal.error().status() == UNAVAILABLE) {
            response = response.with("Retry-After", RETRY_AFTER_SECONDS);
        }
        String size = refusal.fields().get("ActualObjectSize");
        if (refusal.error() == S3Error.INVALID_RANGE && size != null) {
            response = response.with("Content-Range", "bytes */" + size);
        }
        return target == null || target instanceof Target.OfService
                ? response
                : response.with("x-amz-bucket-region", settings.region());
    }

    /** Clients that do not know a bucket's region ask for the bucket and look here. */
    private S3Response withRegion(Target target, S3Response response) {
        return target instanceof Target.OfBucket ? response.with("x-amz-bucket-region", settings.region()) : response;
    }
}
