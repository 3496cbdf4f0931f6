package io.azekura.actors.object;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import io.azekura.actors.protocol.ObjectStore.Attributes;
import io.azekura.actors.protocol.ObjectStore.BodyReply;
import io.azekura.actors.protocol.ObjectStore.BucketCreated;
import io.azekura.actors.protocol.ObjectStore.GetReply;
import io.azekura.actors.protocol.ObjectStore.Opened;
import io.azekura.actors.protocol.ObjectStore.Precondition;
import io.azekura.actors.protocol.ObjectStore.PutObject;
import io.azekura.actors.protocol.ObjectStore.PutReply;
import io.azekura.actors.protocol.ObjectStore.StreamedBody;
import io.azekura.actors.protocol.ObjectStore.StrictBody;
import io.azekura.actors.register.RegisterGateway;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.layout.ErasureShape;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A gateway over drives in memory, with a bucket to work in. */
final class Store implements AutoCloseable {
    static final BucketName BUCKET = new BucketName("bucket");
    private static final long SECONDS_MAX = 60;
    private static final int CHUNK_BYTES = 100_003;

    final List<MemoryDrive> memory = new ArrayList<>();
    final List<FaultyDrive> drives = new ArrayList<>();
    final AtomicLong clock = new AtomicLong(1_000_000);
    final Register register;
    final ObjectGateway gateway;
    final Materializer materializer;
    final Layout layout;
    final BucketRecord bucket;
    private final ActorSystem<Void> system;
    private final ExecutorService io = Executors.newFixedThreadPool(32);
    private final ExecutorService registers = Executors.newFixedThreadPool(4);
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();

    Store(int dataShards, int parityShards) {
        this(dataShards + parityShards, dataShards, parityShards);
    }

    Store(int count, int dataShards, int parityShards) {
        for (int i = 0; i < count; i++) {
            memory.add(new MemoryDrive());
            drives.add(new FaultyDrive(memory.get(i)));
        }
        List<DriveId> ids = memory.stream().map(MemoryDrive::id).toList();
        layout = new Layout(Layout.FIRST_VERSION, ids, new ErasureShape(dataShards, parityShards));
        system = ActorSystem.create(Behaviors.empty(), "store", ConfigFactory.load());
        materializer = Materializer.createMaterializer(system);
        register = new RegisterGateway(this::replicas, 42, Timing.DEFAULT, registers, timers);
        gateway = newGateway(settings());
        BucketCreated created = (BucketCreated) get(gateway.createBucket(BUCKET));
        bucket = created.bucket();
    }

    /** Impatient with slow drives, so that tests of them are fast. */
    static GatewaySettings settings() {
        Duration patience = Duration.ofMillis(150);
        return new GatewaySettings(
                patience, Duration.ofSeconds(2), patience, Duration.ofSeconds(2), Duration.ofSeconds(30), 3, 4);
    }

    /** Another process start on the same drives. */
    ObjectGateway newGateway(GatewaySettings settings) {
        return new ObjectGateway(
                register,
                layout,
                List.copyOf(drives),
                io,
                materializer,
                new Identifiers(),
                clock::incrementAndGet,
                settings);
    }

    private RegisterGateway.Replicas replicas(RegisterKey key) {
        List<Drive> order = new ArrayList<>();
        layout.stripeSet(key).drives().forEach(drive -> order.add(drives.get(drive)));
        return new RegisterGateway.Replicas(order, layout.version());
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static PutObject request(String key, long length, Precondition precondition) {
        return new PutObject(
                BUCKET,
                ObjectKey.of(key),
                length,
                () -> new Attributes("etag-" + length, Map.of("content-type", "text/plain"), Map.of(), List.of()),
                precondition);
    }

    CompletionStage<PutReply> putAsync(String key, byte[] body) {
        return gateway.put(request(key, body.length, Precondition.Always.INSTANCE), chunks(body));
    }

    PutReply put(String key, byte[] body) {
        return get(putAsync(key, body));
    }

    /** The body as a stream of chunks whose size divides nothing. */
    static Source<ByteString, ?> chunks(byte[] body) {
        return Source.range(0, body.length / CHUNK_BYTES)
                .map(i -> ByteString.fromArray(
                        body, i * CHUNK_BYTES, Math.min(CHUNK_BYTES, body.length - i * CHUNK_BYTES)));
    }

    GetReply open(String key) {
        return get(gateway.get(BUCKET, ObjectKey.of(key)));
    }

    BodyReply body(String key, long first, long length) {
        return get(((Opened) open(key)).object().body(first, length));
    }

    byte[] read(String key) {
        Opened opened = (Opened) open(key);
        return read(get(opened.object().body(0, opened.object().record().size())));
    }

    byte[] read(BodyReply reply) {
        if (reply instanceof StrictBody strict) {
            return strict.bytes().toArray();
        }
        if (reply instanceof StreamedBody streamed) {
            ByteString all = get(streamed.bytes()
                    .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), materializer));
            return all.toArray();
        }
        throw new IllegalStateException("no body: " + reply);
    }

    int stagedShards() {
        return memory.stream().mapToInt(MemoryDrive::stagedShards).sum();
    }

    /** Waits until the background work of a request has come to what is expected of it. */
    static void eventually(java.util.function.BooleanSupplier condition, String claim) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + claim);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        drives.forEach(FaultyDrive::release);
        system.terminate();
        io.shutdown();
        registers.shutdown();
        timers.shutdownNow();
    }
}
