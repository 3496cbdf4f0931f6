package io.azekura.persistence.drive;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The power of a real file system is cut under load a few times; {@code dev/campaign-power-cut} does it oftener. */
class PowerCutIT {
    private static final int CUTS = 4;

    @TempDir
    Path temporary;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingAcceptedIsLostWhenThePowerIsCut() throws Exception {
        String obstacle = Ext4Volume.obstacle();
        Assumptions.assumeTrue(obstacle == null, () -> "skipped: " + obstacle);
        System.out.println(PowerCuts.play(CUTS, Long.getLong("test.seed", 20261127), temporary));
    }
}
