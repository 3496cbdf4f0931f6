package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes to a drive is killed at random moments; what it was told is accepted must be there. */
class DriveKillIT {
    private static final int KILLS = 5;

    @TempDir
    Path temporary;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingAcceptedIsLostWhenTheProcessIsKilled() throws Exception {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        Random random = new Random(20261123);
        RunningWriter.Acknowledged acknowledged = new RunningWriter.Acknowledged();
        for (int kill = 0; kill < KILLS; kill++) {
            try (RunningWriter writer = new RunningWriter(directory.path(), 1L + kill, acknowledged)) {
                writer.begin();
                assertTrue(writer.listen(200 + random.nextInt(3000)), "the writer ended by itself");
                writer.kill();
            }
            try (DriveEngine drive = directory.open()) {
                acknowledged.requireAllIn(drive);
            }
        }
        assertTrue(acknowledged.keys() > WriterProcess.KEYS / 2, "too little was written to prove anything");
        assertEquals(List.of(), directory.faults());
    }
}
