package io.azekura.persistence.drive;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.NoSpaceException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a drive may answer. Faulty is for good: the first reason stays, and the owner is told once; a drive that had
 * to be closed for want of room is faulty in that sense too, and may be opened again. Hung ends by itself.
 */
final class DriveHealth {
    private static final Logger LOG = LoggerFactory.getLogger(DriveHealth.class);

    private final String name;
    private final Consumer<IOException> onFault;
    private final IndexGuard guard;
    private final OperationWatch watch;
    private volatile @Nullable IOException fault;
    private volatile boolean isClosing;

    DriveHealth(String name, IndexGuard guard, Consumer<IOException> onFault, OperationWatch watch) {
        this.name = name;
        this.guard = guard;
        this.onFault = onFault;
        this.watch = watch;
    }

    void fail(IOException cause) {
        if (begin(cause)) {
            LOG.warn("Drive {} is {}", name, fault(), cause);
            onFault.accept(cause);
        }
    }

    private synchronized boolean begin(IOException cause) {
        if (fault != null || isClosing) {
            return false;
        }
        fault = cause;
        return true;
    }

    /** The index cannot be trusted: nothing is answered any more, and the next opening will rebuild it. */
    void doubt(CorruptException damage) {
        IOException doubt = new IndexDoubtException("index in doubt: " + damage.getMessage(), damage);
        if (!begin(doubt)) {
            return;
        }
        LOG.warn("Drive {} does not trust its index", name, damage);
        try {
            guard.doubt(String.valueOf(damage.getMessage()));
            onFault.accept(doubt);
        } catch (IOException unmarked) {
            // Opened again, it might be trusted: so the drive stays out of service.
            doubt.addSuppressed(unmarked);
            onFault.accept(new IOException("cannot note that the index is in doubt", doubt));
        }
    }

    boolean isInDoubt() {
        return fault instanceof IndexDoubtException;
    }

    synchronized void close() {
        isClosing = true;
    }

    boolean isFaulty() {
        return fault != null;
    }

    /** Why the drive is faulty, or null if it is not. */
    @Nullable
    String fault() {
        IOException cause = fault;
        return cause == null ? null : (isWithoutRoom() ? "full: " : "faulty: ") + cause.getMessage();
    }

    /** Whether the drive stopped because its file system had no room left for the index. */
    boolean isWithoutRoom() {
        return fault instanceof NoSpaceException;
    }

    OperationWatch watch() {
        return watch;
    }

    /** Whether the drive still writes, at whatever pace. */
    boolean isOpen() {
        return fault == null && !isClosing;
    }

    /** Why the drive does not answer, or null if it does. */
    @Nullable
    String refusal() {
        if (isOpen()) {
            return watch.refusal();
        }
        String faulty = fault();
        return faulty == null ? "closing" : faulty;
    }

    void requireUsable() throws DriveFaultException {
        String refusal = refusal();
        if (refusal != null) {
            throw new DriveFaultException(
                    "drive " + name + " is " + refusal, fault == null ? new IOException(refusal) : fault);
        }
    }

    /** A slot could not be looked up. Damage puts the index in doubt; anything else makes the drive faulty. */
    String unreadable(IOException cause) {
        if (cause instanceof CorruptException damage) {
            doubt(damage);
        } else {
            fail(cause);
        }
        LOG.warn("Drive {} cannot look up a slot", name, cause);
        return "unreadable: " + cause.getMessage();
    }
}
