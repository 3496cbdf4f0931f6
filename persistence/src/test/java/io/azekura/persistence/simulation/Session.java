package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketLife;
import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.bucket.Fencing;
import io.azekura.persistence.journal.Journal;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.ChangeId;
import io.azekura.persistence.object.Identifiers;
import io.azekura.persistence.object.ObjectChanges;
import io.azekura.persistence.object.Objects;
import io.azekura.persistence.object.Outbox;
import io.azekura.persistence.object.Parts;
import io.azekura.persistence.object.Ports;
import io.azekura.persistence.object.Stamp;
import io.azekura.persistence.object.UploadId;
import io.azekura.persistence.object.Uploads;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Versions;
import io.azekura.persistence.replica.VersionReads;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What one gateway process offers its clients. */
final class Session implements Identifiers {
    private final World world;
    private final SimGateway gateway;
    private final Random random;
    private final Scan scan;
    private final SimBodies bodies;
    private final Objects objects;
    private final Uploads uploads;
    private final Outbox outbox;
    private final Journal journal;
    private final BucketLife buckets;
    private @Nullable BucketRecord knownBucket;
    private long data;
    private long stamps;

    Session(World world, SimGateway gateway) {
        this.world = world;
        this.gateway = gateway;
        this.random = world.kernel().random("session " + gateway.process());
        this.scan = world.variant().scan(gateway, gateway);
        this.bodies = new SimBodies(gateway, world, this::nextData);
        ObjectChanges changes = world.variant().objectChanges();
        Versions versions = new VersionReads(gateway, gateway, world::partitionOf);
        Ports ports = new Ports(gateway, scan, versions, bodies, this, changes);
        this.objects = new Objects(ports);
        Parts parts = new Parts(ports);
        this.uploads = world.variant().uploads(ports, parts);
        this.outbox = world.variant().outbox(ports, parts, uploads, world::delivered);
        this.journal = world.variant().journal(gateway, scan, this::nextOperation);
        this.buckets = world.variant().bucketLife(gateway, scan, watchedFencing(), this::nextOperation);
    }

    /** The real one; the invariants hear of every fence that is said to be in effect. */
    private Fencing watchedFencing() {
        Fencing real = world.variant().fencing(gateway);
        return new Fencing() {
            @Override
            public CompletionStage<Boolean> fence(long space, long configVersion, boolean closed) {
                return real.fence(space, configVersion, closed).thenApply(isInEffect -> {
                    if (isInEffect) {
                        world.invariants().fenced(space, configVersion, closed);
                    }
                    return isInEffect;
                });
            }

            @Override
            public CompletionStage<Set<Long>> closed() {
                return real.closed();
            }
        };
    }

    BucketLife buckets() {
        return buckets;
    }

    /** The bucket's record as this process last read it; it may be long out of date. */
    @Nullable
    BucketRecord knownBucket() {
        return knownBucket;
    }

    void know(@Nullable BucketRecord bucket) {
        knownBucket = bucket;
    }

    /** An incarnation that no bucket had. */
    long nextIncarnation() {
        long bits = random.nextLong();
        return BucketSpace.isUsable(bits) ? world.variant().incarnation(bits, (int) (bits & 1)) : nextIncarnation();
    }

    SimGateway gateway() {
        return gateway;
    }

    Scan scan() {
        return scan;
    }

    SimBodies bodies() {
        return bodies;
    }

    Objects objects() {
        return objects;
    }

    Uploads uploads() {
        return uploads;
    }

    Outbox outbox() {
        return outbox;
    }

    Journal journal() {
        return journal;
    }

    @Override
    public OperationId nextOperation() {
        return gateway.nextOperation();
    }

    @Override
    public Stamp nextStamp() {
        return new Stamp(world.wallMicros(gateway), random.nextLong(), new ChangeId(gateway.process(), ++stamps));
    }

    @Override
    public UploadId nextUpload() {
        return new UploadId(gateway.process(), random.nextLong());
    }

    @Override
    public DataId nextData() {
        return new DataId(gateway.process(), ++data);
    }

    static Bytes bytes(String text) {
        return Bytes.utf8(text);
    }
}
