package io.azekura.persistence.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts the bytes of user data that a benchmark has worked through; what is printed is made from this counter. */
@State(Scope.Thread)
@AuxCounters
public class UserBytes {
    public long userBytes;
}
