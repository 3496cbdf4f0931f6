package io.azekura.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of all commands; the node adds {@code server} to it. */
@Command(
        name = "azekura",
        description = "An S3-compatible object store over erasure-coded drives.",
        mixinStandardHelpOptions = true,
        versionProvider = AzekuraVersion.class,
        subcommands = {DriveCommand.class, VersionCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class AzekuraCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Ends like {@link CommandLine#execute}: 0 done, 1 failed, 2 wrong arguments. */
    public static CommandLine commandLine() {
        return new CommandLine(new AzekuraCommand()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
