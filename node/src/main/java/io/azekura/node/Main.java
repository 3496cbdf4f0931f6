package io.azekura.node;

import io.azekura.cli.AzekuraCommand;

/** The one entry point of the launcher: {@code server}, and the operator's commands. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int code = AzekuraCommand.commandLine()
                .addSubcommand(new ServerCommand(System.getenv()))
                .execute(arguments);
        System.exit(code);
    }
}
