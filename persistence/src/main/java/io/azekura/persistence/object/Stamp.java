package io.azekura.persistence.object;

/**
 * What a change takes from the world around it, the same for all its attempts.
 *
 * @param nowMicros the wall clock in microseconds since the epoch; it may go back
 * @param tail random, or the site: tells versions of the same time apart
 * @param change names the change
 */
public record Stamp(long nowMicros, long tail, ChangeId change) {}
