package io.azekura.persistence.mount;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.Damage;
import io.azekura.persistence.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The superblock of a drive in its directory, twice, so that one damaged file does not cost a drive. Either copy will
 * do; when a crash came between writing the two, the one with the higher boot counter is the newer.
 */
final class SuperblockFiles {
    static final String FILE = "azekura.drive";
    static final String COPY = "azekura.drive.copy";

    private static final List<String> NAMES = List.of(FILE, COPY);

    private SuperblockFiles() {}

    static boolean exist(Path directory) {
        return NAMES.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    /** Whether the file is what a first write of a superblock leaves behind when it is cut short. */
    static boolean isUnfinished(Path file) {
        String name = String.valueOf(file.getFileName());
        return DurableFiles.isTemporary(file) && NAMES.stream().anyMatch(name::startsWith);
    }

    /**
     * Reads whichever copy is valid.
     *
     * @throws FormatTooNewException if a later release wrote one of them
     * @throws CorruptException if none is valid, or they speak of different drives
     * @throws NoSuchFileException if there is none
     */
    static DriveSuperblock read(Path directory) throws IOException {
        List<DriveSuperblock> valid = new ArrayList<>();
        @Nullable IOException failure = null;
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            try {
                valid.add(SuperblockFormat.decode(Files.readAllBytes(file), file.toString()));
            } catch (FormatTooNewException e) {
                throw e;
            } catch (IOException e) {
                // Damage says more than absence.
                failure = failure == null || failure instanceof NoSuchFileException ? e : failure;
            }
        }
        if (valid.isEmpty()) {
            throw failure == null
                    ? new NoSuchFileException(directory.resolve(FILE).toString())
                    : failure;
        }
        return valid.size() == 1 ? valid.get(0) : newer(valid.get(0), valid.get(1), directory);
    }

    /** Tells which copies are missing, damaged, or older than the other. */
    static void verify(Path directory, Consumer<Damage> damages) {
        List<DriveSuperblock> valid = new ArrayList<>();
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            try {
                valid.add(SuperblockFormat.decode(Files.readAllBytes(file), file.toString()));
            } catch (IOException | IllegalArgumentException e) {
                damages.accept(new Damage(Damage.Kind.SUPERBLOCK, file, 0, null, null, e.toString()));
            }
        }
        if (valid.size() == 2 && !valid.get(0).equals(valid.get(1))) {
            int older = valid.get(0).boots() < valid.get(1).boots() ? 0 : 1;
            Path file = directory.resolve(NAMES.get(older));
            damages.accept(new Damage(Damage.Kind.SUPERBLOCK, file, 0, null, null, "not what the other copy says"));
        }
    }

    /** Replaces both copies durably, one after the other. */
    static void write(Path directory, DriveSuperblock superblock) throws IOException {
        byte[] bytes = SuperblockFormat.encode(superblock);
        for (String name : NAMES) {
            DurableFiles.replace(directory.resolve(name), bytes);
        }
    }

    private static DriveSuperblock newer(DriveSuperblock first, DriveSuperblock second, Path directory)
            throws CorruptException {
        boolean isSameDrive =
                first.clusterId().equals(second.clusterId()) && first.driveId().equals(second.driveId());
        if (!isSameDrive) {
            throw new CorruptException(
                    directory.resolve(COPY).toString(),
                    0,
                    "a copy of drive " + first.driveId(),
                    "drive " + second.driveId());
        }
        return second.boots() > first.boots() ? second : first;
    }
}
