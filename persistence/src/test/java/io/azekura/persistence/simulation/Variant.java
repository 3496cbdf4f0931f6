package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketLife;
import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.bucket.Fencing;
import io.azekura.persistence.control.ControlLog;
import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.journal.Journal;
import io.azekura.persistence.object.ObjectChanges;
import io.azekura.persistence.object.Outbox;
import io.azekura.persistence.object.Parts;
import io.azekura.persistence.object.Ports;
import io.azekura.persistence.object.Uploads;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Timing;
import io.azekura.persistence.register.Versions;
import io.azekura.persistence.replica.CatchUp;
import io.azekura.persistence.replica.Completion;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.RowScan;
import io.azekura.persistence.replica.Scavenger;
import io.azekura.persistence.replica.ShardCoding;
import io.azekura.persistence.replica.SpaceFencing;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Where a simulated cluster gets its deciding parts from: here the real ones. A planted fault overrides one method and
 * hands out a subclass that breaks one rule.
 */
class Variant {
    Quorum quorum(int drives) {
        return new Quorum(drives);
    }

    /** Who must answer under a partition's layout. */
    Quorum quorum(PartitionLayout layout) {
        return layout.quorum();
    }

    ControlLog controlLog(ControlState genesis, ControlLog.Holders holders, Supplier<OperationId> operations) {
        return new ControlLog(genesis, holders, operations);
    }

    LayoutSteps layoutSteps() {
        return new LayoutSteps();
    }

    DriveIdentity driveIdentity() {
        return new DriveIdentity();
    }

    Reader reader(RegisterKey key, Quorum quorum, Timing timing) {
        return new Reader(key, quorum, timing);
    }

    <R> Proposer<R> proposer(
            RegisterKey key,
            OperationId operation,
            Change<R> change,
            Quorum quorum,
            long layoutVersion,
            Timing timing,
            BallotSource ballots,
            DoubleSupplier random) {
        return new Proposer<>(key, operation, change, quorum, layoutVersion, timing, ballots, random);
    }

    Acceptor acceptor(long durableBound) {
        return new Acceptor(durableBound);
    }

    Replica replica(Acceptor acceptor, Request.Partitions partitions) {
        return new Replica(acceptor, partitions);
    }

    Scan scan(Register register, Replicas replicas) {
        return new RowScan(register, replicas);
    }

    Completion completion(Register register, Replicas replicas, Request.Partitions partitions) {
        return new Completion(register, replicas, partitions);
    }

    Scavenger scavenger(
            Register register, Replicas replicas, Request.Partitions partitions, Supplier<OperationId> operations) {
        return new Scavenger(register, replicas, partitions, operations);
    }

    CatchUp catchUp(
            DriveId self,
            Register register,
            Versions versions,
            Replicas replicas,
            Request.Partitions partitions,
            ShardCoding coding,
            Supplier<OperationId> operations) {
        return new CatchUp(self, register, versions, replicas, partitions, coding, operations);
    }

    ObjectChanges objectChanges() {
        return new ObjectChanges();
    }

    Uploads uploads(Ports ports, Parts parts) {
        return new TinyUploads(ports, parts);
    }

    /** Takes parts of any size. */
    static class TinyUploads extends Uploads {
        TinyUploads(Ports ports, Parts parts) {
            super(ports, parts);
        }

        @Override
        protected final long partBytesMin() {
            return 1;
        }
    }

    Outbox outbox(Ports ports, Parts parts, Uploads uploads, Outbox.Sink sink) {
        return new Outbox(ports, parts, uploads, sink);
    }

    Journal journal(Register register, Scan scan, Supplier<OperationId> operations) {
        return new Journal(register, scan, operations);
    }

    Fencing fencing(Replicas replicas) {
        return new SpaceFencing(replicas);
    }

    BucketLife bucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
        return new BucketLife(register, scan, fencing, operations);
    }

    /** What a new bucket is to have for ever. */
    long incarnation(long random, int spread) {
        return BucketSpace.incarnation(random, spread);
    }

    SimDrive drive(World world, int slot) {
        return new SimDrive(world, slot);
    }
}
