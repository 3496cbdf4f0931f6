package io.azekura.persistence.drive;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writing process is killed as it enters chosen system calls; {@code dev/campaign-system-call-kills} tries more. */
class SystemCallKillIT {
    @TempDir
    Path temporary;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingAcceptedIsLostWhereverAProcessIsKilled() throws Exception {
        String obstacle = SystemCallKills.obstacle();
        Assumptions.assumeTrue(obstacle == null, () -> "skipped: " + obstacle);
        List<SystemCallKills.Place> places = List.of(
                new SystemCallKills.Place("rename", 1),
                new SystemCallKills.Place("fsync", 1),
                new SystemCallKills.Place("fdatasync", 8),
                new SystemCallKills.Place("pwrite64", 21));
        System.out.println(new SystemCallKills(temporary).play(places));
    }
}
