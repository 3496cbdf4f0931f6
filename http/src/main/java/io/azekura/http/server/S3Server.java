package io.azekura.http.server;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import java.util.concurrent.CompletionStage;

/** The S3 listener: HTTP/1.1 without a routing language, because S3's paths are bytes and not paths. */
public final class S3Server {
    private S3Server() {}

    /**
     * Binds and serves. The stage fails when the address cannot be bound. Whoever starts it ends it, by {@link
     * ServerBinding#terminate}, which lets requests in flight finish up to a deadline.
     */
    public static CompletionStage<ServerBinding> start(
            ActorSystem<?> system, S3Settings settings, S3Services services) {
        Materializer materializer = SystemMaterializer.get(system).materializer();
        S3Handler handler = new S3Handler(settings, services, new ResponseWriter(system), materializer);
        return Http.get(system)
                .newServerAt(settings.host(), settings.port())
                .withSettings(AkkaHttpSettings.of(system))
                .bind(handler::handle);
    }
}
