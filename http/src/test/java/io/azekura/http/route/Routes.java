package io.azekura.http.route;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.model.HttpEntities;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Header;
import io.azekura.http.sigv4.PayloadSignature;
import io.azekura.http.sigv4.RawRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/** The operations over the reference model, called without HTTP, as a sender whom nobody doubts. */
final class Routes implements AutoCloseable {
    /** The time of the first write; each later one is a microsecond after the one before. */
    static final long START_MICROS = 1_795_410_367_089_000L;

    final MemoryObjectStore store;

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "routes-test");
    private final Materializer materializer = SystemMaterializer.get(system).materializer();
    private final AtomicLong micros = new AtomicLong(START_MICROS);
    private final Router router;

    Routes(String region) {
        store = new MemoryObjectStore(materializer, micros::getAndIncrement);
        router = new Router(store, region);
    }

    /** The answer; refusals are thrown. Headers are {@code name: value}. */
    S3Response call(String method, String target, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<Header> all = new ArrayList<>();
        all.add(new Header("Content-Length", Integer.toString(bytes.length)));
        for (String header : headers) {
            int colon = header.indexOf(':');
            all.add(new Header(
                    header.substring(0, colon), header.substring(colon + 1).strip()));
        }
        RawRequest raw = new RawRequest(method, target, all);
        S3Request request = new S3Request("0123456789ABCDEF", raw, Target.of(raw.path(), null), "192.0.2.1");
        Authenticated sender = new Authenticated("key", PayloadSignature.Unsigned.INSTANCE);
        RequestBody requestBody =
                new RequestBody(raw, sender.payload(), HttpEntities.create(bytes), materializer, received -> {});
        try {
            return router.route(request)
                    .run(new Call(request, sender, requestBody))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof S3Exception refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    S3Response call(String method, String target) {
        return call(method, target, "");
    }

    /** The text of a strict body. */
    static String text(S3Response response) {
        return response.body() instanceof S3Response.StrictBody body
                ? body.bytes().utf8String()
                : "";
    }

    static String header(S3Response response, String name) {
        return response.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(S3Response.Header::value)
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
