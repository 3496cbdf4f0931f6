package io.azekura.cli;

import io.azekura.persistence.drive.LogContents;
import io.azekura.persistence.mount.DriveInspection;
import io.azekura.persistence.mount.DriveSuperblock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code azekura drive inspect}: prints who a drive is and what its log holds. Reads every record, so it verifies them. */
@Command(
        name = "inspect",
        description = "Print who a drive is and what its log holds, verifying every record. Changes nothing.",
        mixinStandardHelpOptions = true)
final class InspectDrive implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The drive's directory.")
    @SuppressWarnings("NullAway.Init") // required, so set by picocli
    private Path directory;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            print(DriveInspection.of(directory), out);
            return ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("azekura: " + e.getMessage());
            return ExitCode.SOFTWARE;
        } finally {
            out.flush();
        }
    }

    private void print(DriveInspection inspection, PrintWriter out) {
        DriveSuperblock superblock = inspection.superblock();
        line(out, "Directory", directory.toAbsolutePath().normalize());
        line(out, "Drive", superblock.driveId());
        line(out, "Cluster", superblock.clusterId());
        line(out, "Layout", superblock.layout() + ", slot " + superblock.slot());
        line(out, "Role", superblock.role().name().toLowerCase(Locale.ROOT));
        line(out, "Formatted", Instant.EPOCH.plus(superblock.createdMicros(), ChronoUnit.MICROS));
        line(out, "Mounted", superblock.boots() + " times");
        LogContents log = inspection.log();
        line(
                out,
                "Log ends",
                "in segment " + log.end().segment() + " at byte " + log.end().offset());
        line(out, "Log holds", log.payloadBytes() + " bytes in records");
        log.records().forEach((name, count) -> line(out, "", count + " " + name));
    }

    private static void line(PrintWriter out, String name, Object value) {
        out.println(String.format(Locale.ROOT, "%-10s %s", name, value).stripTrailing());
    }
}
