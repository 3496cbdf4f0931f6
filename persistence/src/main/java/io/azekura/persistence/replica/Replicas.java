package io.azekura.persistence.replica;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The replicas of partitions as this node knows the layout, and the way to ask them. Any thread; calls never block. */
public interface Replicas {
    /** How one partition lies now: replica i of the quorum is drive i of the list. */
    record Location(int partition, long layoutVersion, Quorum quorum, List<DriveId> drives) {
        public Location {
            drives = List.copyOf(drives);
        }
    }

    Location locate(int partition);

    /** The partitions that the keys of a space lie in (its spread). */
    List<Integer> partitionsOf(long space);

    /** Learns the control log at least up to this version, if it can be had now. */
    CompletionStage<Void> learn(long version);

    /**
     * Asks one drive under a layout. Completes with its reply, or with
     * {@link io.azekura.persistence.register.Messages.Unknown} when there is none in time; never fails.
     */
    CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion);
}
