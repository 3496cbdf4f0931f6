package io.azekura.node;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.stream.SystemMaterializer;
import io.azekura.actors.object.GatewaySettings;
import io.azekura.actors.object.Identifiers;
import io.azekura.actors.object.ObjectGateway;
import io.azekura.actors.protocol.ObjectStore;
import io.azekura.actors.register.RegisterGateway;
import io.azekura.actors.register.RegisterGateway.Replicas;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Timing;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The object store over the drives of this node. */
final class Store {
    /** Blocks on drives, for the bytes of objects. */
    static final String IO_DISPATCHER = "azekura.io-dispatcher";

    /** Blocks on drives, for the rows of registers; apart from the other, so that bodies cannot hold up rows. */
    static final String REGISTER_DISPATCHER = "azekura.register-dispatcher";

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final NodeDrives mounted;
    private final ScheduledExecutorService timers;
    private final ObjectGateway objects;

    /** Takes over the drives: {@link #close} closes them. */
    Store(ActorSystem<?> system, NodeDrives mounted, GatewaySettings settings) {
        this.mounted = mounted;
        this.timers = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "register-timers");
            thread.setDaemon(true);
            return thread;
        });
        RegisterGateway register = new RegisterGateway(
                this::replicas,
                new SecureRandom().nextLong(),
                Timing.DEFAULT,
                dispatcher(system, REGISTER_DISPATCHER),
                timers);
        this.objects = new ObjectGateway(
                register,
                mounted.layout(),
                mounted.drives(),
                dispatcher(system, IO_DISPATCHER),
                SystemMaterializer.get(system).materializer(),
                new Identifiers(),
                Store::microsNow,
                settings);
    }

    ObjectStore objects() {
        return objects;
    }

    /** Ends in the background what an earlier start left half done. */
    void recover() {
        objects.recoverClosingBuckets().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("Bucket deletions that were under way could not be ended; the next request will", failure);
            }
        });
    }

    NodeDrives drives() {
        return mounted;
    }

    List<DriveStatus> statuses() {
        return mounted.drives().stream().map(Drive::status).toList();
    }

    /** Gives the directories free. To be called when the actor system has ended, and with it the drives' owners. */
    void close() {
        timers.shutdownNow();
        mounted.close().run();
    }

    private Replicas replicas(RegisterKey key) {
        List<Drive> drives = mounted.layout().stripeSet(key).drives().stream()
                .map(mounted.drives()::get)
                .toList();
        return new Replicas(drives, mounted.layout().version());
    }

    private static Executor dispatcher(ActorSystem<?> system, String name) {
        return system.dispatchers().lookup(DispatcherSelector.fromConfig(name));
    }

    /** The wall clock in microseconds since the epoch. */
    static long microsNow() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
