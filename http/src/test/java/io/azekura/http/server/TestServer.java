package io.azekura.http.server;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.ServerBinding;
import akka.stream.SystemMaterializer;
import com.typesafe.config.ConfigFactory;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.JvmMetrics;
import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.route.MemoryObjectStore;
import io.azekura.http.sigv4.Authenticator;
import io.azekura.http.sigv4.CredentialSource;
import io.azekura.http.sigv4.Credentials;
import io.azekura.http.sigv4.SecretKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Both listeners over the reference model of the store. Its {@code main} is for trying clients by hand. */
public final class TestServer implements AutoCloseable {
    static final String ACCESS_KEY = "test-access-key";
    static final String SECRET_KEY = "test-secret-key-of-no-value";
    static final int IN_FLIGHT_MAX = 64;

    private static final int MICROS_PER_MILLI = 1000;

    final AtomicBoolean ready = new AtomicBoolean(true);
    final PrometheusRegistry registry = new PrometheusRegistry();
    final MemoryObjectStore store;

    private final ActorSystem<Void> system;
    private final ServerBinding s3;
    private final ServerBinding admin;

    TestServer(int port, String region) {
        system = ActorSystem.create(
                Behaviors.empty(),
                "s3-test",
                ConfigFactory.parseString(
                                "akka.coordinated-shutdown.exit-jvm = off, akka.log-dead-letters = off, akka.loglevel = WARNING")
                        .withFallback(ConfigFactory.load()));
        store = new MemoryObjectStore(
                SystemMaterializer.get(system).materializer(), () -> System.currentTimeMillis() * MICROS_PER_MILLI);
        JvmMetrics.register(registry);
        HealthProbe health = new HealthProbe(ready::get);
        CredentialSource credentials = CredentialSource.of(new Credentials(ACCESS_KEY, new SecretKey(SECRET_KEY)));
        S3Services services = new S3Services(
                store, Authenticator.ofAnyRegion(credentials), Clock.systemUTC(), new S3Metrics(registry), health);
        S3Settings settings =
                new S3Settings("127.0.0.1", port, region, List.of("localhost", "s3.example"), IN_FLIGHT_MAX, false);
        s3 = S3Server.start(system, settings, services)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        admin = AdminServer.start(system, new AdminSettings("127.0.0.1", 0, null), registry, health)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    int port() {
        return s3.localAddress().getPort();
    }

    int adminPort() {
        return admin.localAddress().getPort();
    }

    @Override
    public void close() {
        s3.terminate(Duration.ofSeconds(5)).toCompletableFuture().join();
        admin.terminate(Duration.ofSeconds(5)).toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** Serves until killed; the port is the first argument. */
    public static void main(String[] arguments) throws InterruptedException {
        try (TestServer server = new TestServer(Integer.parseInt(arguments[0]), "us-east-1")) {
            System.out.println("S3 on " + server.port() + ", admin on " + server.adminPort() + ", keys " + ACCESS_KEY
                    + " " + SECRET_KEY);
            Thread.currentThread().join();
        }
    }
}
