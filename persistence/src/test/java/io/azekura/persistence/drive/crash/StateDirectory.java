package io.azekura.persistence.drive.crash;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A directory that holds one state after the other. Some subdirectories, of which there are many, stay from one to the next;
 * whoever uses a state makes no files in them.
 */
public final class StateDirectory {
    private final Path root;
    private final String kept;
    private final int numberKept;
    private DiskImage current = DiskImage.empty();

    /** {@code kept} is the directory whose subdirectories stay, once there are so many of them. */
    public StateDirectory(Path root, String kept, int numberKept) {
        this.root = root;
        this.kept = kept;
        this.numberKept = numberKept;
    }

    public Path root() {
        return root;
    }

    /** Makes the directory hold exactly the image. */
    public void show(DiskImage image) throws IOException {
        boolean isSameTree = isMade(image) && current.directories().equals(image.directories());
        if (isSameTree) {
            removeAllBut();
        } else {
            DiskImage.delete(root);
        }
        current = DiskImage.empty();
        SortedSet<String> missing = new TreeSet<>(image.directories());
        if (isSameTree) {
            missing.removeIf(directory -> directory.equals(kept) || directory.startsWith(kept + "/"));
        }
        image.writeTo(root, missing);
        current = image;
    }

    /** Whether nobody who uses the image would make more of the directories that stay. */
    private boolean isMade(DiskImage image) {
        return image.directories().stream()
                        .filter(directory -> directory.startsWith(kept + "/"))
                        .count()
                == numberKept;
    }

    private void removeAllBut() throws IOException {
        for (String file : current.files().keySet()) {
            Files.deleteIfExists(root.resolve(file));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (!entry.equals(root.resolve(kept))) {
                    DiskImage.delete(entry);
                }
            }
        }
    }
}
