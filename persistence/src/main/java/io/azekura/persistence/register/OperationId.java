package io.azekura.persistence.register;

/** Unique for one change asked of one register, kept over all its retries (register rule 5). */
public record OperationId(long process, long sequence) {
    /**
     * Stands for all that was applied up to a ballot and is forgotten, because a tombstone of the key may have been collected;
     * no process has the number 0.
     */
    public static final OperationId FORGOTTEN = new OperationId(0, 0);
}
