package io.azekura.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands on drives that no node has mounted. */
@Command(
        name = "drive",
        description = "Look at drives that no node has mounted.",
        mixinStandardHelpOptions = true,
        subcommands = InspectDrive.class)
final class DriveCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
