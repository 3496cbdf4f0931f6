package io.azekura.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.DriveEngine;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.mount.DriveMounts;
import io.azekura.persistence.mount.MountedDrives;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
    private static final LogSettings LOG = LogSettings.DEFAULTS;
    private static final DriveSettings SMALL = new DriveSettings(
            new LogSettings(8L << 20, LOG.batchBytesMax(), LOG.pipelineBatchesMax(), LOG.lazyDelayMillis(), false),
            IndexSettings.DEFAULT,
            0);

    @TempDir
    Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theVersionIsThatOfTheBuild() {
        assertEquals(0, run("version"));
        assertTrue(out.toString().startsWith("azekura " + AzekuraVersion.current()), out.toString());
        assertFalse(AzekuraVersion.current().contains("$"));
    }

    @Test
    void aMissingOrUnknownCommandEndsWithTwoAndTheUsage() {
        assertEquals(2, run());
        assertTrue(err.toString().contains("Usage: azekura"), err.toString());
        assertEquals(2, run("nonsense"));
        assertEquals(2, run("drive"));
    }

    @Test
    void inspectTellsWhoADriveIsAndChangesNothing() throws Exception {
        Path drive = directory.resolve("d1");
        UUID id = new UUID(7, 7);
        format(drive, id).close();
        byte[] before = Files.readAllBytes(drive.resolve("azekura.drive"));
        assertEquals(0, run("drive", "inspect", drive.toString()), err.toString());
        String text = out.toString();
        assertTrue(text.contains(id.toString()), text);
        assertTrue(text.contains("1+0"), text);
        assertTrue(text.contains("Mounted    1 times"), text);
        assertTrue(text.contains("Log ends   in segment 0"), text);
        assertArrayEquals(before, Files.readAllBytes(drive.resolve("azekura.drive")));
    }

    @Test
    void inspectRefusesADriveThatIsInUse() throws Exception {
        Path drive = directory.resolve("d1");
        try (MountedDrives mounted = format(drive, new UUID(7, 7))) {
            assertEquals(1, mounted.directories().size());
            assertEquals(1, run("drive", "inspect", drive.toString()));
            assertTrue(err.toString().contains("is in use by another process"), err.toString());
        }
    }

    @Test
    void inspectRefusesWhatIsNoDriveInOneLine() {
        assertEquals(1, run("drive", "inspect", directory.toString()));
        assertTrue(err.toString().contains("holds no drive"), err.toString());
        assertEquals(1, err.toString().lines().count());
    }

    private static MountedDrives format(Path drive, UUID id) throws IOException {
        List<UUID> ids = List.of(id, new UUID(8, 8));
        return DriveMounts.mount(
                List.of(drive),
                null,
                ids.iterator()::next,
                1,
                (path, driveId) -> DriveEngine.create(path, driveId, SMALL));
    }

    private int run(String... arguments) {
        CommandLine line = AzekuraCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
