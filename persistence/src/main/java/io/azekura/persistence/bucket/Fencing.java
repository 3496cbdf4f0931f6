package io.azekura.persistence.bucket;

import java.util.concurrent.CompletionStage;

/** Tells drives what a space has become, so that they refuse writes that know less. Never blocks, stages never fail. */
@FunctionalInterface
public interface Fencing {
    /**
     * True once a majority of the drives of every partition of the space durably refuses accepts with a configuration
     * version below this one, and all accepts if {@code closed}; false when that may not be so, though some drives may do
     * it. A drive that knows of a higher version stays as it is. Rows that a drive accepted before are visible to every
     * scan that begins after.
     */
    CompletionStage<Boolean> fence(long space, long configVersion, boolean closed);
}
