package io.azekura.persistence.mount;

import io.azekura.persistence.layout.Layout;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** What is to be done with the listed directories; see {@link MountDecision}. */
sealed interface MountPlan {
    /** A superblock that is to be written into the directory, which is made if it is missing. */
    record Write(Path path, DriveSuperblock superblock) {}

    /** Format these directories, then decide again: all drives of a new store are formatted before any is used. */
    record Format(List<Write> writes) implements MountPlan {
        public Format {
            writes = List.copyOf(writes);
        }
    }

    /**
     * Start with these drives; a {@link DirectoryMount.Mounted} here still has to get its superblock written. In the
     * order in which the directories are listed.
     */
    record Mount(UUID clusterId, Layout layout, List<DirectoryMount> directories) implements MountPlan {
        public Mount {
            directories = List.copyOf(directories);
        }
    }
}
