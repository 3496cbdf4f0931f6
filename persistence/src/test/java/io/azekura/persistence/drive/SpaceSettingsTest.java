package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpaceSettingsTest {
    private static final long MIB = 1L << 20;

    @Test
    void theMarksOfALargeFileSystemAreThoseThatAreSet() {
        assertEquals(new SpaceSettings(1024 * MIB, 512 * MIB, 128 * MIB, 25), SpaceSettings.DEFAULTS.on(1L << 42));
    }

    @Test
    void theMarksOfASmallFileSystemAreSharesOfIt() {
        SpaceSettings marks = SpaceSettings.DEFAULTS.on(300 * MIB);
        assertEquals(new SpaceSettings(75 * MIB, 75 * MIB / 4 * 3, 75 * MIB / 2, 25), marks);
    }

    @Test
    void noReserveIsNoMarks() {
        assertEquals(new SpaceSettings(0, 0, 0, 25), SpaceSettings.of(0, 25).on(300 * MIB));
    }

    @Test
    void marksFollowEachOther() {
        assertThrows(IllegalArgumentException.class, () -> new SpaceSettings(1, 2, 0, 25));
        assertThrows(IllegalArgumentException.class, () -> new SpaceSettings(2, 1, 2, 25));
    }
}
