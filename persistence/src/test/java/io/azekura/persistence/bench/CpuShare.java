package io.azekura.persistence.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Measures how much of one core the process had: on a shared machine, rates by CPU time say more than those by the
 * clock.
 */
public class CpuShare implements InternalProfiler {
    static final String LABEL = "cpuShare";

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private long cpuNanos;
    private long clockNanos;

    @Override
    public String getDescription() {
        return "share of one core that the process had";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        cpuNanos = system.getProcessCpuTime();
        clockNanos = System.nanoTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double cpu = system.getProcessCpuTime() - cpuNanos;
        double clock = System.nanoTime() - clockNanos;
        return List.of(new ScalarResult(LABEL, cpu / clock, "cores", AggregationPolicy.AVG));
    }
}
