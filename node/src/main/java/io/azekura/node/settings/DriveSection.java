package io.azekura.node.settings;

import io.azekura.persistence.drive.CompactionSettings;
import io.azekura.persistence.drive.DelaySettings;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.drive.ScrubSettings;
import io.azekura.persistence.drive.SpaceSettings;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import java.time.Duration;

/** Reads the section on drives. What it does not name is not an operator's to choose. */
final class DriveSection {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long SEGMENT_UNIT = 4_096;
    private static final Duration DELAY_MIN = Duration.ofMillis(10);
    private static final Duration DELAY_MAX = Duration.ofMinutes(10);
    private static final Duration SCRUB_PAUSE_MAX = Duration.ofDays(365);

    private DriveSection() {}

    static ScrubSettings scrub(Section section) throws SettingsException {
        return new ScrubSettings(
                section.bytes("scrub-rate", 0, GIB), section.duration("scrub-pause", Duration.ZERO, SCRUB_PAUSE_MAX));
    }

    static DriveSettings read(Section section) throws SettingsException {
        LogSettings log = LogSettings.DEFAULTS;
        IndexSettings index = IndexSettings.DEFAULT;
        long segmentBytes = section.bytes("segment-size", 2L * log.batchBytesMax(), 4 * GIB);
        if (segmentBytes % SEGMENT_UNIT != 0) {
            throw section.refuse("segment-size", "must be a multiple of " + SEGMENT_UNIT + " bytes");
        }
        return new DriveSettings(
                new LogSettings(
                        segmentBytes,
                        log.batchBytesMax(),
                        log.pipelineBatchesMax(),
                        log.lazyDelayMillis(),
                        section.flag("direct-io")),
                new IndexSettings(
                        (int) section.bytes("index-cache", MIB, GIB),
                        index.writeBufferBytes(),
                        index.compression(),
                        index.openFilesMax(),
                        index.reserveBytes()),
                SpaceSettings.of(
                        section.bytes("reserve", 2 * index.reserveBytes(), 1024 * GIB),
                        SpaceSettings.DEFAULTS.reservePercentMax()),
                delays(section),
                new CompactionSettings(
                        CompactionSettings.DEFAULTS.deadShare(), section.bytes("compaction-rate", 0, 4 * GIB)));
    }

    private static DelaySettings delays(Section section) throws SettingsException {
        Duration slow = section.duration("slow-after", DELAY_MIN, DELAY_MAX);
        Duration hung = section.duration("hung-after", slow, DELAY_MAX);
        return new DelaySettings(slow.toMillis(), hung.toMillis(), DelaySettings.DEFAULTS.waitingBytesMax());
    }
}
