package io.azekura.actors.object;

import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.OperationId;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Mints the names that must never be used twice: a random id of this process start, and a counter. Two starts share an
 * id with a probability of 2^-64 per pair.
 */
public final class Identifiers {
    private final long process;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong data = new AtomicLong();
    private final AtomicLong operations = new AtomicLong();

    public Identifiers() {
        this.process = nonZero();
    }

    public DataId nextData() {
        return new DataId(process, data.incrementAndGet());
    }

    public OperationId nextOperation() {
        return new OperationId(process, operations.incrementAndGet());
    }

    /** A fresh bucket incarnation: never that of the store's own registers. */
    public long nextIncarnation() {
        return nonZero();
    }

    private long nonZero() {
        long id = 0;
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }
}
