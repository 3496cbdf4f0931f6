package io.azekura.persistence.register;

/** Unique for one change asked of one register, kept over all its retries (register rule 5). */
public record OperationId(long process, long sequence) {}
