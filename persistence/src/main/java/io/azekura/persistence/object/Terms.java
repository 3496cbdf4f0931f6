package io.azekura.persistence.object;

/**
 * What the configuration of a bucket asks of a change to one of its objects.
 *
 * @param replicates whether other sites are to be told
 * @param notifies whether subscribers of events are to be told
 * @param configVersion the version of the configuration that says so (register rule 10)
 */
public record Terms(Versioning versioning, boolean replicates, boolean notifies, long configVersion) {
    /** What becomes of the version that a new one follows. */
    public enum Versioning {
        /** It is replaced. */
        UNVERSIONED,
        /** It stays. */
        VERSIONED,
        /** It stays unless it is the null version, which the new one replaces wherever it is. */
        SUSPENDED
    }
}
