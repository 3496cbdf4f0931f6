package io.azekura.persistence.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks of this package and prints the user data that one core works through in a second.
 *
 * <p>Arguments are those of JMH: regular expressions of benchmarks, and options, which override the short settings
 * given here.
 */
public final class KernelBenchmarks {
    private static final double BYTES_PER_GB = 1e9;

    private KernelBenchmarks() {}

    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(arguments);
        OptionsBuilder builder = new OptionsBuilder();
        if (options.getIncludes().isEmpty()) {
            builder.include("io[.]azekura[.].*[.]bench[.]");
        }
        builder.parent(options)
                .addProfiler(CpuShare.class)
                .timeUnit(TimeUnit.SECONDS)
                .forks(options.getForkCount().orElse(1))
                .warmupIterations(options.getWarmupIterations().orElse(3))
                .warmupTime(options.getWarmupTime().orElse(TimeValue.milliseconds(500)))
                .measurementIterations(options.getMeasurementIterations().orElse(5))
                .measurementTime(options.getMeasurementTime().orElse(TimeValue.milliseconds(500)));
        print(new Runner(builder.build()).run(), new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    private static void print(Collection<RunResult> results, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%nJVM: %s %s%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"));
        out.println("GB/s of user data: by CPU time of the process, and by the clock with its 99.9 percent error");
        out.println();
        out.printf(Locale.ROOT, "%-58s %10s %10s %9s%n", "benchmark", "GB/cpu-s", "GB/s", "error");
        for (RunResult result : results) {
            Result<?> bytes =
                    Objects.requireNonNull(result.getSecondaryResults().get("userBytes"));
            Result<?> share =
                    Objects.requireNonNull(result.getSecondaryResults().get(CpuShare.LABEL));
            double rate = bytes.getScore() / BYTES_PER_GB;
            out.printf(
                    Locale.ROOT,
                    "%-58s %10.2f %10.2f %9.2f%n",
                    name(result.getParams()),
                    rate / share.getScore(),
                    rate,
                    bytes.getScoreError() / BYTES_PER_GB);
        }
    }

    private static String name(BenchmarkParams params) {
        StringBuilder name = new StringBuilder(params.getBenchmark());
        name.delete(0, name.lastIndexOf(".", name.lastIndexOf(".") - 1) + 1);
        for (String key : params.getParamsKeys()) {
            name.append(' ').append(params.getParam(key));
        }
        return name.toString();
    }
}
