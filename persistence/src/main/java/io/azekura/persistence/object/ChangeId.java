package io.azekura.persistence.object;

/**
 * Names one change that somebody asked for, whatever attempts it takes: what a receiver of outbox entries tells
 * repetitions by.
 */
public record ChangeId(long process, long sequence) {}
