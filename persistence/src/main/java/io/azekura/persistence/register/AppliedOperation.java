package io.azekura.persistence.register;

/** An operation that is part of a state, and the ballot with which it became so. */
public record AppliedOperation(OperationId operation, Ballot ballot) {}
