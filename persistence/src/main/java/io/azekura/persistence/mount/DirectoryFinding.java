package io.azekura.persistence.mount;

import java.nio.file.Path;

/** What was found in one of the directories that the operator listed, before anything is decided or written. */
sealed interface DirectoryFinding {
    Path path();

    /** There is no such directory: not yet made, or its drive is not mounted. */
    record Missing(Path path) implements DirectoryFinding {}

    /** A directory in which nothing is. */
    record Empty(Path path) implements DirectoryFinding {}

    /** A directory with a valid superblock. */
    record Drive(Path path, DriveSuperblock superblock) implements DirectoryFinding {}

    /** Something that is neither, and must be left as it is. */
    record Unusable(Path path, String reason, String remedy) implements DirectoryFinding {}
}
