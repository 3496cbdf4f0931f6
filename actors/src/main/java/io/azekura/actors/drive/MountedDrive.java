package io.azekura.actors.drive;

import io.azekura.persistence.drive.Drive;
import java.io.IOException;
import java.util.function.Consumer;

/** A drive whose engine is open, as its owner sees it. Every method may block. */
public interface MountedDrive extends AutoCloseable {
    /** Opens the engine of one drive. */
    @FunctionalInterface
    interface Opener {
        /**
         * Mounts the drive; what it takes may grow with what a crash left to replay.
         *
         * @param onFault to be told when the engine becomes faulty; safe for any thread
         */
        MountedDrive open(Consumer<IOException> onFault) throws IOException;
    }

    Drive drive();

    /** Fails if the directory no longer holds the drive that was mounted: taken away, swapped or emptied. */
    void checkIdentity() throws IOException;

    @Override
    void close() throws IOException;
}
