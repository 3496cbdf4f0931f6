package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;

/** The bytes of a {@link io.azekura.persistence.register.Content.Whole}, read to travel with a change that keeps it. */
public record SmallBody(DataId id, Bytes bytes) {}
