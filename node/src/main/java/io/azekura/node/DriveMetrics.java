package io.azekura.node;

import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.drive.DriveStatus.Condition;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The drives in metrics. Names and labels are promised to dashboards. */
final class DriveMetrics {
    private final Supplier<List<DriveStatus>> drives;
    private final PrometheusRegistry registry;

    private DriveMetrics(Supplier<List<DriveStatus>> drives, PrometheusRegistry registry) {
        this.drives = drives;
        this.registry = registry;
    }

    /**
     * Registers them.
     *
     * @param drives asked for every scrape, on its thread
     */
    static void register(Supplier<List<DriveStatus>> drives, PrometheusRegistry registry) {
        DriveMetrics metrics = new DriveMetrics(drives, registry);
        metrics.conditions();
        metrics.gauge("azekura_drive_total_bytes", "Size of the file system of a drive.", DriveStatus::totalBytes);
        metrics.gauge("azekura_drive_free_bytes", "Room left on the file system of a drive.", DriveStatus::freeBytes);
        metrics.gauge("azekura_drive_log_bytes", "Bytes of the log of a drive.", DriveStatus::logBytes);
        metrics.counter(
                "azekura_drive_commits_total", "Group commits of a drive: syncs of its log.", DriveStatus::commits);
        metrics.counter(
                "azekura_drive_committed_records_total",
                "Records in the group commits of a drive.",
                DriveStatus::committedRecords);
    }

    private void conditions() {
        GaugeWithCallback.builder()
                .name("azekura_drives")
                .help("Mounted drives by their condition.")
                .labelNames("condition")
                .callback(gauge -> {
                    List<DriveStatus> now = drives.get();
                    for (Condition condition : Condition.values()) {
                        long count = now.stream()
                                .filter(drive -> drive.condition() == condition)
                                .count();
                        gauge.call((double) count, condition.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(registry);
    }

    private void gauge(String name, String help, ToDoubleFunction<DriveStatus> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("drive", "id")
                .callback(gauge -> drives.get()
                        .forEach(drive -> gauge.call(
                                value.applyAsDouble(drive),
                                drive.path().toString(),
                                drive.id().toString())))
                .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<DriveStatus> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("drive", "id")
                .callback(counter -> drives.get()
                        .forEach(drive -> counter.call(
                                value.applyAsDouble(drive),
                                drive.path().toString(),
                                drive.id().toString())))
                .register(registry);
    }
}
