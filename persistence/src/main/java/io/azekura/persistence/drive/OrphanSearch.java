package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Staged;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds shard files that nothing names. First the files are listed, then what is staged is taken out, then what the
 * slots name: a file that was there and not staged can only be named by a slot that names it already, so what is left
 * is nobody's, unless its slot just gave it up. A set of bounded size; a drive with more files is searched in several
 * passes. One thread.
 */
final class OrphanSearch {
    /** About 10 MiB of names. */
    private static final int FILES_MAX = 100_000;

    private final ScrubTarget target;
    private final DriveIndex index;
    private final int firstDirectory;
    private final Path root;
    private final Set<StagedShards.Name> unnamed = new HashSet<>();
    private int directories;

    OrphanSearch(ScrubTarget target, DriveIndex index, int firstDirectory) {
        this.target = target;
        this.index = index;
        this.firstDirectory = firstDirectory;
        this.root = target.directory().resolve(DriveRecovery.SHARDS);
    }

    /** Lists files. Called before the first slot is looked at. */
    void begin() throws IOException {
        while (directories < ShardFiles.directoryCount() && unnamed.size() < FILES_MAX) {
            int directory = (firstDirectory + directories) % ShardFiles.directoryCount();
            ShardFiles.forEach(root, directory, (id, shard) -> unnamed.add(new StagedShards.Name(id, shard)));
            directories++;
        }
        // In memory first: whatever leaves there for its slot is in the index as staged or as named from then on.
        unnamed.removeIf(target::isStaged);
        for (Staged staged : index.staged()) {
            named(staged.id(), staged.location().shard());
        }
    }

    /** A slot names the file. */
    void named(DataId id, int shard) {
        unnamed.remove(new StagedShards.Name(id, shard));
    }

    /** Tells what nothing names. Called when all slots were looked at. */
    void end(ScrubFindings findings) throws IOException {
        for (StagedShards.Name name : unnamed) {
            Path file = ShardFiles.file(root, name.id(), name.shard());
            boolean isBeingFreed = index.staged(name.id(), name.shard()) != null;
            if (!isBeingFreed && Files.exists(file)) {
                String what = "no row names this shard file";
                findings.add(new Damage(Damage.Kind.ORPHAN, file, 0, null, name.id(), what));
            }
        }
    }

    /** Where the next search begins. */
    int nextDirectory() {
        return (firstDirectory + directories) % ShardFiles.directoryCount();
    }
}
