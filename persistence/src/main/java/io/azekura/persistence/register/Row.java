package io.azekura.persistence.register;

/** One accepted state of one key on one drive, with the ballot that it was accepted under. */
public record Row(Ballot accepted, State state) {}
