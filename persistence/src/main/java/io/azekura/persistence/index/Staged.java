package io.azekura.persistence.index;

import io.azekura.persistence.model.DataId;

/** A shard that the drive has durably and that no row names yet. */
public record Staged(DataId id, Location location) {}
