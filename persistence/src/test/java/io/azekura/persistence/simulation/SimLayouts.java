package io.azekura.persistence.simulation;

import io.azekura.persistence.control.ControlLog;
import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.replica.Replicas.Location;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What one process knows of the layout, and how it learns more: one reading of the log at a time. */
final class SimLayouts {
    private final World world;
    private final ControlLog log;
    private @Nullable CompletableFuture<Void> reading;

    SimLayouts(SimGateway gateway, World world) {
        this.world = world;
        this.log = world.variant().controlLog(world.genesis(), gateway::on, gateway::nextOperation);
    }

    ControlLog log() {
        return log;
    }

    ControlState state() {
        return log.known();
    }

    long version() {
        return log.known().version();
    }

    Location locate(int partition) {
        if (partition < 0) {
            return new Location(
                    partition, 0, world.variant().quorum(state().holders().size()), state().holders());
        }
        PartitionLayout layout = log.known().partition(partition);
        return new Location(partition, layout.since(), world.variant().quorum(layout), layout.replicas());
    }

    /** Reads the log unless it is known up to the version. */
    CompletionStage<Void> learn(long version) {
        if (version > 0 && version <= version()) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Void> running = reading;
        if (running != null) {
            return running;
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        reading = mine;
        log.refresh().whenComplete((done, failure) -> {
            reading = null;
            world.learnt(log.known());
            mine.complete(null);
        });
        return mine;
    }
}
