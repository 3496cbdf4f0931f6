package io.azekura.persistence.index;

/**
 * How far into the drive's log the index is caught up: everything before this position is in it, so recovery replays
 * from here. Written in the same batch as the changes that it covers.
 *
 * @param segment number of the log segment
 * @param offset byte offset of the first record in it that may be missing
 * @param sequence number of the last batch of the log that is in the index
 */
public record IndexCheckpoint(long segment, long offset, long sequence) {}
