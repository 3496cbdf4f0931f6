package io.azekura.persistence.journal;

import io.azekura.persistence.model.Bytes;

/** One event as the entity wrote it, opaque here; {@code timeMicros} is when, in microseconds since the epoch. */
public record JournalEvent(long timeMicros, Bytes payload) {}
