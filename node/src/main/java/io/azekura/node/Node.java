package io.azekura.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ServerBinding;
import io.azekura.http.metrics.HealthProbe;
import io.azekura.http.metrics.JvmMetrics;
import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.server.AdminServer;
import io.azekura.http.server.AdminSettings;
import io.azekura.http.server.S3Server;
import io.azekura.http.server.S3Services;
import io.azekura.http.server.S3Settings;
import io.azekura.http.sigv4.Authenticator;
import io.azekura.http.sigv4.CredentialSource;
import io.azekura.http.sigv4.Credentials;
import io.azekura.http.sigv4.SecretKey;
import io.azekura.node.NodeDrives.Mounting;
import io.azekura.node.settings.RootCredentials;
import io.azekura.node.settings.Settings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: an actor system, the store over the drives, and two listeners. Started here in the order in which
 * each needs the other; ended in the opposite order, as tasks of Akka's coordinated shutdown: no new connections, the
 * requests under way up to the drain time, the actors and with them the drives.
 */
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** A listener says so at once when its address is taken; this is for a name server that does not answer. */
    private static final Duration BIND_MAX = Duration.ofSeconds(30);

    /** Beyond the drain time: closing the drives takes a few syncs, and Akka has phases of its own. */
    private static final Duration CLOSE_MAX = Duration.ofMinutes(1);

    private final Settings settings;
    private final ActorSystem<Guardian.Command> system;
    private final HealthProbe health;
    private final AtomicReference<@Nullable Store> opened = new AtomicReference<>();
    private volatile boolean serving;

    /** An actor system, and nothing that needs a disk or a port yet. */
    Node(Settings settings) {
        this.settings = settings;
        this.system = ActorSystem.create(Guardian.create(), "azekura", SystemConfig.of(settings));
        this.health = new HealthProbe(() -> serving);
    }

    /**
     * Opens the store and the listeners, and returns when the node serves. The admin listener is there from the
     * beginning, so that probes see a node alive that is still recovering its drives. Called once.
     *
     * @throws StartRefusedException if an address is taken or the drives do not allow a start; the node is stopped then
     */
    NodeReport open(RootCredentials root, Mounting mounting) throws StartRefusedException {
        try {
            PrometheusRegistry registry = new PrometheusRegistry();
            JvmMetrics.register(registry);
            AdminSettings admin = settings.admin();
            URI adminApi = bind(
                    "azekura.admin.address",
                    admin.host(),
                    admin.port(),
                    AdminServer.start(system, admin, registry, health));
            Store store = new Store(system, mounting.mount(system), settings.gateway());
            opened.set(store);
            DriveMetrics.register(store::statuses, registry);
            store.recover();
            S3Settings s3 = settings.s3();
            S3Services services = new S3Services(
                    store.objects(), authenticator(root), Clock.systemUTC(), new S3Metrics(registry), health);
            URI s3Api = bind("azekura.s3.address", s3.host(), s3.port(), S3Server.start(system, s3, services));
            serving = true;
            return NodeReport.of(s3Api, adminApi, store.drives());
        } catch (StartRefusedException | RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** Ends everything that was started and waits for it. May be called from any thread, and again. */
    void stop() {
        serving = false;
        Duration most = settings.stop().drainTime().plus(CLOSE_MAX);
        try {
            CoordinatedShutdown.get(system)
                    .runAll(Stopped.INSTANCE)
                    .toCompletableFuture()
                    .orTimeout(most.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            LOG.error("The node did not stop cleanly", e.getCause());
        }
        Store store = opened.getAndSet(null);
        if (store != null) {
            store.close();
        }
    }

    /** Returns when {@link #stop} is through. */
    void awaitEnd() {
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static Authenticator authenticator(RootCredentials root) {
        Credentials pair =
                new Credentials(root.user(), new SecretKey(root.password().reveal()));
        return Authenticator.ofAnyRegion(CredentialSource.of(pair));
    }

    /** Waits for the listener, has it drained at the end, and returns its address with the port that it really has. */
    private URI bind(String key, String host, int port, CompletionStage<ServerBinding> listener)
            throws StartRefusedException {
        try {
            ServerBinding binding = listener.toCompletableFuture()
                    .orTimeout(BIND_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            drainAtTheEnd(key, binding);
            return endpoint(host, binding.localAddress());
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            Throwable reason = cause.getCause() == null ? cause : cause.getCause();
            throw new StartRefusedException(
                    "cannot listen on " + host + ":" + port + " (" + key + "): " + reason.getMessage(), e);
        }
    }

    private void drainAtTheEnd(String key, ServerBinding binding) {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "unbind " + key, () -> binding.unbind()
                .thenApply(done -> Done.getInstance()));
        shutdown.addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "drain " + key, () -> binding.terminate(
                        settings.stop().drainTime())
                .thenApply(end -> Done.getInstance()));
    }

    private static URI endpoint(String host, InetSocketAddress bound) {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + shown + ":" + bound.getPort());
    }

    /** The one reason of ours why a node ends. */
    private static final class Stopped implements CoordinatedShutdown.Reason {
        static final Stopped INSTANCE = new Stopped();

        @Override
        public String toString() {
            return "asked to stop";
        }
    }
}
