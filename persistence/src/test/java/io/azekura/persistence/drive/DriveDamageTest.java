package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A sample of what {@code dev/campaign-damage} does at length. */
class DriveDamageTest {
    private static final long SEED = Long.getLong("test.seed", 20261127);
    private static final int STRIDE = 97;
    private static final int IN_USE = 200;
    private static final int AT_REST = 80;

    @TempDir
    Path temporary;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private Level level;

    @BeforeEach
    void silence() {
        level = root.getLevel();
        DamageCampaign.silence();
    }

    @AfterEach
    void unsilence() {
        root.setLevel(level);
    }

    @Test
    void noDamageCausesAWrongAnswerOrIsMissedByTheScrub() throws IOException {
        DamageCampaign campaign = new DamageCampaign(DamageVictim.create(temporary), SEED);
        campaign.everyBit(STRIDE);
        campaign.inUse(IN_USE);
        campaign.atRest(AT_REST);
        assertEquals(List.of(), campaign.failures(), () -> "seed " + SEED);
        assertTrue(campaign.figures().size() > 10, campaign.figures()::toString);
    }
}
