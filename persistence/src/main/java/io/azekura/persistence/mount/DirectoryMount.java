package io.azekura.persistence.mount;

import java.nio.file.Path;

/** What became of one of the directories that the operator listed. */
public sealed interface DirectoryMount {
    Path path();

    /** Its drive is in use by this process, under this superblock. */
    record Mounted(Path path, DriveSuperblock superblock) implements DirectoryMount {}

    /** There is no such directory, though the other drives know of one: offline until it is mounted again. */
    record Absent(Path path) implements DirectoryMount {
        @Override
        public String toString() {
            return path + " is not there: is its drive mounted?";
        }
    }

    /** It is left exactly as it was found. */
    record Refused(Path path, String reason, String remedy) implements DirectoryMount {
        @Override
        public String toString() {
            return path + " " + reason + ": " + remedy;
        }
    }
}
