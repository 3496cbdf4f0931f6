package io.azekura.persistence.index;

/** What a drive durably refuses in one space (register rule 10): older configuration versions, or everything. */
public record Fence(long configVersion, boolean closed) {}
