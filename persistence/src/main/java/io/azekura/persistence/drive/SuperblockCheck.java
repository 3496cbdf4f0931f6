package io.azekura.persistence.drive;

import java.io.IOException;
import java.util.function.Consumer;

/** Verifies the copies of a drive's superblock, which only its mounting knows how to read. */
@FunctionalInterface
public interface SuperblockCheck {
    /** For drives without a superblock, as in tests. */
    SuperblockCheck NONE = damages -> {};

    void verify(Consumer<Damage> damages) throws IOException;
}
