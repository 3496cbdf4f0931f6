package io.azekura.persistence.log;

/** A record that is on stable storage, and where its payload can be read from now on. */
public record CommittedEntry(LogEntry entry, LogPosition position) {}
