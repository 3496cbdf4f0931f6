package io.azekura.persistence.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What this process had used at some moment: time of the clock, CPU time of all threads, bytes sent to the disk. */
record ProcessCost(long clockNanos, long cpuNanos, long writtenBytes) {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final Path IO = Path.of("/proc/self/io");
    private static final String WRITTEN = "write_bytes: ";
    private static final long POLL_MILLIS = 100;
    private static final long IDLE_CPU_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int IDLE_POLLS = 3;

    static ProcessCost now() throws IOException {
        long written = 0;
        for (String line : Files.readAllLines(IO)) {
            if (line.startsWith(WRITTEN)) {
                written = Long.parseLong(line.substring(WRITTEN.length()));
            }
        }
        return new ProcessCost(System.nanoTime(), SYSTEM.getProcessCpuTime(), written);
    }

    /** The cost when nothing is done in the background any more, such as the compactions of an index. */
    static ProcessCost atRest() throws IOException, InterruptedException {
        int idle = 0;
        ProcessCost latest = now();
        while (idle < IDLE_POLLS) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            ProcessCost next = now();
            idle = next.since(latest).cpuNanos < IDLE_CPU_NANOS ? idle + 1 : 0;
            latest = next;
        }
        return latest;
    }

    ProcessCost since(ProcessCost start) {
        return new ProcessCost(
                clockNanos - start.clockNanos, cpuNanos - start.cpuNanos, writtenBytes - start.writtenBytes);
    }

    ProcessCost plus(ProcessCost more) {
        return new ProcessCost(
                clockNanos + more.clockNanos, cpuNanos + more.cpuNanos, writtenBytes + more.writtenBytes);
    }
}
