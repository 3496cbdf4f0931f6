package io.azekura.http.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;

/** The process as the JVM sees it, under the names that the Prometheus client libraries for Java use. */
public final class JvmMetrics {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private JvmMetrics() {}

    /** Registers them; the values are taken when they are asked for. */
    public static void register(PrometheusRegistry registry) {
        memory(registry);
        collectors(registry);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        GaugeWithCallback.builder()
                .name("jvm_threads_current")
                .help("Live threads.")
                .callback(gauge -> gauge.call(threads.getThreadCount()))
                .register(registry);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        CounterWithCallback.builder()
                .name("process_cpu_seconds_total")
                .help("CPU time of the process.")
                .callback(counter -> counter.call(system.getProcessCpuTime() / NANOS_PER_SECOND))
                .register(registry);
        GaugeWithCallback.builder()
                .name("process_start_time_seconds")
                .help("When the process started, in seconds since the epoch.")
                .callback(
                        gauge -> gauge.call(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND))
                .register(registry);
    }

    private static void memory(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("jvm_memory_used_bytes")
                .help("Memory in use, by area.")
                .labelNames("area")
                .callback(gauge -> {
                    gauge.call((double) heap().getUsed(), "heap");
                    gauge.call(
                            (double) ManagementFactory.getMemoryMXBean()
                                    .getNonHeapMemoryUsage()
                                    .getUsed(),
                            "nonheap");
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_memory_max_bytes")
                .help("The most memory the heap may take.")
                .labelNames("area")
                .callback(gauge -> gauge.call((double) heap().getMax(), "heap"))
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_buffer_pool_used_bytes")
                .help("Memory outside the heap held by buffers, by pool.")
                .labelNames("pool")
                .callback(gauge -> {
                    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                        gauge.call((double) pool.getMemoryUsed(), pool.getName());
                    }
                })
                .register(registry);
    }

    private static void collectors(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("jvm_gc_collections_total")
                .help("Garbage collections, by collector.")
                .labelNames("gc")
                .callback(counter -> {
                    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                        counter.call((double) collector.getCollectionCount(), collector.getName());
                    }
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("jvm_gc_seconds_total")
                .help("Time spent in garbage collection, by collector.")
                .labelNames("gc")
                .callback(counter -> {
                    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                        counter.call(collector.getCollectionTime() / MILLIS_PER_SECOND, collector.getName());
                    }
                })
                .register(registry);
    }

    private static MemoryUsage heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }
}
