package io.azekura.persistence.bucket;

import io.azekura.persistence.index.Fence;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells drives what a space has become, so that they refuse writes that know less. Never blocks, stages never fail. */
@FunctionalInterface
public interface Fencing {
    /** The configuration version that says of a closed space that its bucket is deleted: drives let go of all of it. */
    long GONE = Fence.GONE.configVersion();

    /**
     * True once a majority of the drives of every partition of the space durably refuses accepts with a configuration
     * version below this one, and all accepts if {@code closed}; false when that may not be so, though some drives may do
     * it. A drive that knows of a higher version stays as it is. Rows that a drive accepted before are visible to every
     * scan that begins after.
     */
    CompletionStage<Boolean> fence(long space, long configVersion, boolean closed);

    /** Spaces that some drive has closed and another one does not know to be gone, as far as drives answer. */
    default CompletionStage<Set<Long>> closed() {
        return CompletableFuture.completedStage(Set.of());
    }
}
