package io.azekura.persistence.simulation;

import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Timing;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.Request;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** The real parts, but for those that a fault replaces. */
class PlantedVariant extends Variant {
    private LongFunction<Acceptor> acceptors = Acceptor::new;
    private BiFunction<Acceptor, Request.Partitions, Replica> replicas = Replica::new;
    private Readers readers = Reader::new;
    private Function<PartitionLayout, Quorum> quorums = PartitionLayout::quorum;
    private Supplier<LayoutSteps> steps = LayoutSteps::new;
    private Supplier<DriveIdentity> identities = DriveIdentity::new;
    private BiFunction<World, Integer, SimDrive> drives = SimDrive::new;

    @FunctionalInterface
    interface Readers {
        Reader of(RegisterKey key, Quorum quorum, Timing timing);
    }

    final PlantedVariant acceptors(LongFunction<Acceptor> made) {
        acceptors = made;
        return this;
    }

    final PlantedVariant replicas(BiFunction<Acceptor, Request.Partitions, Replica> made) {
        replicas = made;
        return this;
    }

    final PlantedVariant readers(Readers made) {
        readers = made;
        return this;
    }

    final PlantedVariant quorums(Function<PartitionLayout, Quorum> made) {
        quorums = made;
        return this;
    }

    final PlantedVariant steps(Supplier<LayoutSteps> made) {
        steps = made;
        return this;
    }

    final PlantedVariant identities(Supplier<DriveIdentity> made) {
        identities = made;
        return this;
    }

    final PlantedVariant drives(BiFunction<World, Integer, SimDrive> made) {
        drives = made;
        return this;
    }

    @Override
    final Acceptor acceptor(long durableBound) {
        return acceptors.apply(durableBound);
    }

    @Override
    final Replica replica(Acceptor acceptor, Request.Partitions partitions) {
        return replicas.apply(acceptor, partitions);
    }

    @Override
    final Reader reader(RegisterKey key, Quorum quorum, Timing timing) {
        return readers.of(key, quorum, timing);
    }

    @Override
    final Quorum quorum(PartitionLayout layout) {
        return quorums.apply(layout);
    }

    @Override
    final LayoutSteps layoutSteps() {
        return steps.get();
    }

    @Override
    final DriveIdentity driveIdentity() {
        return identities.get();
    }

    @Override
    final SimDrive drive(World world, int slot) {
        return drives.apply(world, slot);
    }
}
