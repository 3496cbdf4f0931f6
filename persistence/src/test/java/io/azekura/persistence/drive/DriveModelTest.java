package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random sequences against the model; {@code dev/campaign-drive-model} plays as many as one likes. */
class DriveModelTest {
    private static final int SEQUENCES = 30;

    @TempDir
    Path temporary;

    @Test
    void aDriveAnswersLikeTheModel() throws IOException {
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            List<DriveSequence.Step> steps = DriveSequence.of(seed, DriveModelMain.STEPS);
            Throwable wrong = DriveSequence.play(temporary.resolve("run"), steps);
            if (wrong != null) {
                fail("seed " + seed + "; dev/campaign-drive-model --seeds " + seed + " makes it short", wrong);
            }
        }
    }
}
