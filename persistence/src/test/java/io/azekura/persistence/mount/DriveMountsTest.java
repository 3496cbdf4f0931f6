package io.azekura.persistence.mount;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.layout.ErasureShape;
import io.azekura.persistence.layout.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriveMountsTest {
    private static final long NOW_MICROS = 1_700_000_000_000_000L;

    @TempDir
    Path root;

    private long nextId = 1;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6, 7})
    void emptyAndMissingDirectoriesBecomeANewStoreInListedOrder(int count) throws Exception {
        List<Path> directories = directories(count);
        Files.createDirectories(directories.get(0));
        Files.createDirectories(directories.get(0).resolve("lost+found"));
        try (MountedDrives drives = mount(directories)) {
            assertEquals(ErasureShape.forDrives(count), drives.layout().shape());
            assertEquals(count, new HashSet<>(drives.layout().drives()).size());
            for (int slot = 0; slot < count; slot++) {
                DirectoryMount.Mounted mounted = inSlot(drives, slot);
                assertEquals(directories.get(slot), mounted.path());
                assertEquals(
                        drives.layout().drives().get(slot), mounted.superblock().driveId());
                assertEquals(drives.clusterId(), mounted.superblock().clusterId());
                assertEquals(1, mounted.superblock().boots());
                assertEquals(NOW_MICROS, mounted.superblock().createdMicros());
                assertTrue(mounted.superblock().isMember());
            }
        }
    }

    @Test
    void shapeOfANewStoreMayBeChosen() throws Exception {
        try (MountedDrives drives = DriveMounts.mount(
                directories(4), new ErasureShape(3, 1), this::id, NOW_MICROS, (directory, drive) -> {})) {
            assertEquals(new ErasureShape(3, 1), drives.layout().shape());
        }
        MountRefusedException e = assertThrows(
                MountRefusedException.class,
                () -> DriveMounts.mount(
                        List.of(root.resolve("x")),
                        new ErasureShape(3, 1),
                        this::id,
                        NOW_MICROS,
                        (directory, drive) -> {}));
        assertMessage(e, "3+1 needs 4 drives, but 1 directories are listed");
        assertFalse(Files.exists(root.resolve("x")));
    }

    @Test
    void everyMountRaisesTheBootCounterDurably() throws Exception {
        UUID cluster = format(4);
        for (int boots = 2; boots < 5; boots++) {
            try (MountedDrives drives = mount(directories(4))) {
                assertEquals(cluster, drives.clusterId());
                for (int slot = 0; slot < 4; slot++) {
                    DirectoryMount.Mounted mounted = inSlot(drives, slot);
                    assertEquals(boots, mounted.superblock().boots());
                    assertEquals(mounted.superblock(), SuperblockFiles.read(mounted.path()));
                }
            }
        }
    }

    @Test
    void drivesAreKnownByTheirSuperblocksWhateverTheOrder() throws Exception {
        format(4);
        List<Path> reordered = List.of(directory(2), directory(0), directory(3), directory(1));
        try (MountedDrives drives = mount(reordered)) {
            for (int slot = 0; slot < 4; slot++) {
                assertEquals(directory(slot), inSlot(drives, slot).path());
            }
            assertEquals(
                    reordered,
                    drives.directories().stream().map(DirectoryMount::path).toList());
        }
    }

    @Test
    void emptyDirectoryBesideDrivesWithDataReplacesTheLostOneUnderANewId() throws Exception {
        UUID cluster = format(4);
        clear(directory(2));
        DriveId replacement;
        try (MountedDrives drives = mount(directories(4))) {
            DriveSuperblock superblock = inSlot(drives, 2).superblock();
            replacement = superblock.driveId();
            assertEquals(DriveSuperblock.Role.REPLACEMENT, superblock.role());
            assertEquals(cluster, superblock.clusterId());
            assertFalse(drives.layout().drives().contains(replacement));
            assertTrue(inSlot(drives, 1).superblock().isMember());
        }
        try (MountedDrives drives = mount(directories(4))) {
            DriveSuperblock again = inSlot(drives, 2).superblock();
            assertEquals(replacement, again.driveId());
            assertEquals(DriveSuperblock.Role.REPLACEMENT, again.role());
            assertEquals(2, again.boots());
        }
    }

    @Test
    void emptyDirectoryListedAtAnotherPlaceGetsTheLostSlot() throws Exception {
        format(4);
        clear(directory(3));
        try (MountedDrives drives = mount(List.of(directory(3), directory(0), directory(1), directory(2)))) {
            assertEquals(directory(3), inSlot(drives, 3).path());
        }
    }

    @Test
    void twoEmptyDirectoriesOfFourAreStillReplaced() throws Exception {
        format(4);
        clear(directory(1));
        clear(directory(2));
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(
                    DriveSuperblock.Role.REPLACEMENT,
                    inSlot(drives, 1).superblock().role());
            assertEquals(
                    DriveSuperblock.Role.REPLACEMENT,
                    inSlot(drives, 2).superblock().role());
        }
    }

    @Test
    void tooFewDrivesWithDataIsNoStartAndNothingIsWritten() throws Exception {
        format(4);
        clear(directory(1));
        clear(directory(2));
        clear(directory(3));
        Map<String, Integer> before = contents();
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(4)));
        assertMessage(e, "only 1 of 4 drives hold data, and 2 are needed; are the others mounted?");
        assertMessage(e, directory(3) + " is empty");
        assertEquals(before, contents());
    }

    @Test
    void replacementsDoNotCountAsDrivesWithData() throws Exception {
        format(4);
        clear(directory(0));
        clear(directory(1));
        mount(directories(4)).close();
        clear(directory(2));
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(4)));
        assertMessage(e, "only 1 of 4 drives hold data");
    }

    @Test
    void sixDrivesNeedAsManyAsTheyHaveDataShards() throws Exception {
        format(6);
        clear(directory(0));
        clear(directory(1));
        mount(directories(6)).close();
        clear(directory(2));
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(6)));
        assertMessage(e, "only 3 of 6 drives hold data, and 4 are needed");
    }

    @Test
    void missingDirectoryBesideDrivesWithDataIsOfflineAndNotCreated() throws Exception {
        format(4);
        clear(directory(1));
        Files.delete(directory(1));
        try (MountedDrives drives = mount(directories(4))) {
            assertInstanceOf(DirectoryMount.Absent.class, drives.directories().get(1));
            assertNull(drives.inSlot(1));
            assertFalse(Files.exists(directory(1)));
        }
    }

    @Test
    void directoryWithOtherThingsInItIsRefusedAndLeftAlone() throws Exception {
        format(4);
        clear(directory(1));
        Files.writeString(directory(1).resolve("thesis.txt"), "precious");
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 1, "is not empty and has no azekura.drive", "empty it");
            assertEquals(List.of("thesis.txt"), names(directory(1)));
        }
    }

    @Test
    void newStoreIsNotMadeBesideADirectoryWithOtherThingsInIt() throws Exception {
        Files.createDirectories(directory(1));
        Files.writeString(directory(1).resolve("thesis.txt"), "precious");
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(4)));
        assertMessage(e, directory(1) + " is not empty and has no azekura.drive");
        assertFalse(Files.exists(directory(0)));
        assertEquals(List.of("thesis.txt"), names(directory(1)));
    }

    @Test
    void regularFileIsRefused() throws Exception {
        format(4);
        clear(directory(1));
        Files.delete(directory(1));
        Files.writeString(directory(1), "a file");
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 1, "cannot be used", "check the drive");
        }
    }

    @Test
    void driveOfAnotherClusterIsRefusedLeftAloneAndNotLocked() throws Exception {
        format(4);
        List<Path> others =
                IntStream.range(0, 4).mapToObj(i -> root.resolve("other" + i)).toList();
        mount(others).close();
        byte[] foreign = Files.readAllBytes(others.get(1).resolve(SuperblockFiles.FILE));
        List<Path> mixed = List.of(directory(0), others.get(1), directory(2), directory(3));
        try (MountedDrives drives = mount(mixed)) {
            assertRefused(drives, 1, "belongs to cluster ", "list it with its own cluster");
            assertArrayEquals(foreign, Files.readAllBytes(others.get(1).resolve(SuperblockFiles.FILE)));
            mount(others).close();
        }
    }

    @Test
    void drivesOfTwoClustersInEqualNumberAreNoStart() throws Exception {
        format(4);
        List<Path> others =
                IntStream.range(0, 4).mapToObj(i -> root.resolve("other" + i)).toList();
        mount(others).close();
        List<Path> mixed = List.of(directory(0), directory(1), others.get(2), others.get(3));
        Map<String, Integer> before = contents();
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(mixed));
        assertMessage(e, "equally many drives of clusters");
        assertEquals(before, contents());
    }

    @Test
    void olderCloneOfADriveIsRefused() throws Exception {
        format(4);
        clear(directory(1));
        copy(directory(0), directory(1));
        mount(List.of(directory(0), root.resolve("absent"), directory(2), directory(3)))
                .close();
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 1, "as does " + directory(0), "empty this older copy");
            assertEquals(directory(0), inSlot(drives, 0).path());
        }
    }

    @Test
    void cloneThatCannotBeToldFromTheDriveTakesBothOutOfUse() throws Exception {
        format(4);
        clear(directory(1));
        copy(directory(0), directory(1));
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 0, "as does " + directory(1), "it cannot be told which is the copy");
            assertRefused(drives, 1, "as does " + directory(0), "it cannot be told which is the copy");
            assertNull(drives.inSlot(0));
        }
    }

    @Test
    void driveOfALaterReleaseIsRefusedAndLeftAlone() throws Exception {
        format(4);
        byte[] later = SuperblockTest.ofLaterRelease(SuperblockFiles.read(directory(1)));
        Files.write(directory(1).resolve(SuperblockFiles.FILE), later);
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 1, "was written by a later release", "azekura.drive has format version 2");
            assertArrayEquals(later, Files.readAllBytes(directory(1).resolve(SuperblockFiles.FILE)));
        }
    }

    @Test
    void garbageInBothSuperblocksIsRefusedAndLeftAlone() throws Exception {
        format(4);
        Files.write(directory(1).resolve(SuperblockFiles.FILE), new byte[500]);
        Files.write(directory(1).resolve(SuperblockFiles.COPY), new byte[0]);
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 1, "has a damaged superblock (" + directory(1), "empty the directory");
            assertArrayEquals(new byte[500], Files.readAllBytes(directory(1).resolve(SuperblockFiles.FILE)));
        }
    }

    @Test
    void garbageInOneSuperblockIsRepairedFromTheOther() throws Exception {
        format(4);
        Files.write(directory(1).resolve(SuperblockFiles.FILE), new byte[500]);
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(2, inSlot(drives, 1).superblock().boots());
        }
        Files.delete(directory(1).resolve(SuperblockFiles.COPY));
        assertEquals(2, SuperblockFiles.read(directory(1)).boots());
    }

    @Test
    void garbageAloneIsNeverTakenForANewStore() throws Exception {
        Files.createDirectories(directory(0));
        Files.write(directory(0).resolve(SuperblockFiles.FILE), new byte[500]);
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(4)));
        assertMessage(e, "none of the listed directories holds a drive");
        assertArrayEquals(new byte[500], Files.readAllBytes(directory(0).resolve(SuperblockFiles.FILE)));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void otherNumberOfDirectoriesThanDrivesIsNoStart(int listed) throws Exception {
        format(4);
        Map<String, Integer> before = contents();
        MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(listed)));
        assertMessage(e, "the store has 4 drives, but " + listed + " directories are listed");
        assertEquals(before, contents());
    }

    @Test
    void noDirectoryAtAllIsNoStart() {
        assertMessage(assertThrows(MountRefusedException.class, () -> mount(List.of())), "no directories are listed");
    }

    @Test
    void directoryListedTwiceIsNoStart() throws Exception {
        Files.createDirectories(directory(0));
        Files.createSymbolicLink(root.resolve("link"), directory(0));
        List<Path> twice = List.of(directory(0), root.resolve("link"));
        assertMessage(assertThrows(MountRefusedException.class, () -> mount(twice)), "is listed twice");
        assertEquals(List.of(), names(directory(0)));
    }

    @Test
    void drivesInUseAreRefusedToASecondOwner() throws Exception {
        format(4);
        try (MountedDrives first = mount(directories(4))) {
            Map<String, Integer> before = contents();
            MountRefusedException e = assertThrows(MountRefusedException.class, () -> mount(directories(4)));
            assertMessage(e, directory(3) + " is in use by another process");
            assertEquals(before, contents());
            assertEquals(2, inSlot(first, 0).superblock().boots());
        }
        mount(directories(4)).close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void firstStartThatWasCutShortIsFinished(int formatted) throws Exception {
        List<DriveId> ids = new ArrayList<>(formatWithoutUse(4));
        for (int slot = formatted; slot < 4; slot++) {
            clear(directory(slot));
        }
        Files.write(directory(3).resolve("azekura.drive.new"), new byte[10]);
        Files.delete(directory(0).resolve(SuperblockFiles.COPY));
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(ids, drives.layout().drives());
            for (int slot = 0; slot < 4; slot++) {
                assertTrue(inSlot(drives, slot).superblock().isMember());
                assertEquals(1, inSlot(drives, slot).superblock().boots());
            }
        }
    }

    @Test
    void firstStartThatWasCutShortAfterADriveWasUsedIsAnOrdinaryOne() throws Exception {
        formatWithoutUse(4);
        SuperblockFiles.write(directory(0), SuperblockFiles.read(directory(0)).booted());
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(2, inSlot(drives, 0).superblock().boots());
            assertEquals(1, inSlot(drives, 3).superblock().boots());
        }
    }

    @Test
    void originalThatComesBackWinsItsSlotFromItsReplacement() throws Exception {
        format(4);
        Path kept = root.resolve("kept");
        copy(directory(2), kept);
        clear(directory(2));
        mount(directories(4)).close();
        List<Path> withOriginal = List.of(directory(0), kept, directory(2), directory(3));
        try (MountedDrives drives = mount(withOriginal)) {
            assertEquals(kept, inSlot(drives, 2).path());
            assertRefused(drives, 2, "holds a replacement for slot 2, where another drive is", "empty it");
        }
    }

    @Test
    void newestLayoutThatEnoughDrivesHaveSeenIsInForce() throws Exception {
        format(4);
        Layout second = withVersion(SuperblockFiles.read(directory(0)), 2).layout();
        SuperblockFiles.write(directory(0), withVersion(SuperblockFiles.read(directory(0)), 2));
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(1, drives.layout().version());
        }
        SuperblockFiles.write(directory(0), withVersion(SuperblockFiles.read(directory(0)), 2));
        SuperblockFiles.write(directory(1), withVersion(SuperblockFiles.read(directory(1)), 2));
        try (MountedDrives drives = mount(directories(4))) {
            assertEquals(second, drives.layout());
            assertEquals(second, SuperblockFiles.read(directory(3)).layout());
        }
    }

    @Test
    void driveThatTheLayoutNoLongerNamesIsRefused() throws Exception {
        format(4);
        for (int slot = 0; slot < 3; slot++) {
            DriveSuperblock old = SuperblockFiles.read(directory(slot));
            List<DriveId> drives = new ArrayList<>(old.layout().drives());
            drives.set(3, new DriveId(new UUID(9, 9)));
            Layout layout = new Layout(2, drives, old.layout().shape());
            SuperblockFiles.write(
                    directory(slot),
                    new DriveSuperblock(old.clusterId(), old.driveId(), slot, 1, 0, old.role(), layout));
        }
        try (MountedDrives drives = mount(directories(4))) {
            assertRefused(drives, 3, "which is not in layout 2", "empty it");
        }
    }

    @Test
    void idsAreNeverReused() throws Exception {
        format(4);
        DriveId lost = SuperblockFiles.read(directory(1)).driveId();
        clear(directory(1));
        mount(directories(4)).close();
        DriveId second = SuperblockFiles.read(directory(1)).driveId();
        clear(directory(1));
        mount(directories(4)).close();
        DriveId third = SuperblockFiles.read(directory(1)).driveId();
        assertNotEquals(lost, second);
        assertNotEquals(second, third);
    }

    private UUID format(int count) throws IOException {
        try (MountedDrives drives = mount(directories(count))) {
            return drives.clusterId();
        }
    }

    /** A store whose first start ended right after the last drive was formatted. */
    private List<DriveId> formatWithoutUse(int count) throws IOException {
        format(count);
        List<DriveId> ids = new ArrayList<>();
        for (int slot = 0; slot < count; slot++) {
            DriveSuperblock used = SuperblockFiles.read(directory(slot));
            ids.add(used.driveId());
            SuperblockFiles.write(
                    directory(slot),
                    new DriveSuperblock(
                            used.clusterId(), used.driveId(), slot, 0, NOW_MICROS, used.role(), used.layout()));
        }
        return ids;
    }

    private static DriveSuperblock withVersion(DriveSuperblock old, long version) {
        Layout layout = new Layout(version, old.layout().drives(), old.layout().shape());
        return new DriveSuperblock(
                old.clusterId(), old.driveId(), old.slot(), old.boots(), old.createdMicros(), old.role(), layout);
    }

    private MountedDrives mount(List<Path> directories) throws IOException {
        return DriveMounts.mount(directories, null, this::id, NOW_MICROS, (directory, drive) -> {});
    }

    private UUID id() {
        return new UUID(0x1234, nextId++);
    }

    private Path directory(int slot) {
        return root.resolve("data" + slot);
    }

    private List<Path> directories(int count) {
        return IntStream.range(0, count).mapToObj(this::directory).toList();
    }

    private static DirectoryMount.Mounted inSlot(MountedDrives drives, int slot) {
        DirectoryMount.@Nullable Mounted mounted = drives.inSlot(slot);
        return Objects.requireNonNull(mounted, () -> "slot " + slot + ": " + drives.directories());
    }

    private static void assertRefused(MountedDrives drives, int place, String reason, String remedy) {
        DirectoryMount.Refused refused = assertInstanceOf(
                DirectoryMount.Refused.class, drives.directories().get(place));
        assertTrue(refused.reason().contains(reason), refused.toString());
        assertTrue(refused.remedy().contains(remedy), refused.toString());
    }

    private static void assertMessage(Exception e, String part) {
        assertTrue(String.valueOf(e.getMessage()).contains(part), String.valueOf(e.getMessage()));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Every file below the root but the lock files, with a hash of its bytes. */
    private Map<String, Integer> contents() throws IOException {
        Map<String, Integer> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (!file.endsWith(DirectoryLock.FILE)) {
                    contents.put(file.toString(), java.util.Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return contents;
    }

    private static void clear(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (String name : List.of(SuperblockFiles.FILE, SuperblockFiles.COPY)) {
            Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
