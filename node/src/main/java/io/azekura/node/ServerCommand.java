package io.azekura.node;

import io.azekura.node.settings.RootCredentials;
import io.azekura.node.settings.RootCredentialsStore;
import io.azekura.node.settings.Settings;
import io.azekura.node.settings.Settings.LogSettings;
import io.azekura.node.settings.SettingsException;
import io.azekura.node.settings.SettingsLoader;
import io.azekura.node.settings.SettingsLoader.Option;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code azekura server}: starts a node, prints the banner, and stays until the process is asked to stop. Exit codes:
 * 1 the node may not or cannot start, 2 a setting or an argument is wrong; both with one line that says why.
 */
@Command(
        name = "server",
        description = "Start a node over the given drive directories.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServerCommand implements Callable<Integer> {
    private static final int REFUSED = 1;

    private final Map<String, String> environment;

    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file; its keys are those of conf/azekura.conf. Also AZEKURA_CONFIG.")
    private @Nullable Path config;

    @CommandLine.Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            description = "Where the S3 API listens; :9000 is every address. Default: 127.0.0.1:9000.")
    private @Nullable String address;

    @CommandLine.Option(
            names = "--admin-address",
            paramLabel = "HOST:PORT",
            description = "Where health and metrics listen. Default: 127.0.0.1:9001.")
    private @Nullable String adminAddress;

    @CommandLine.Option(
            names = "--state-directory",
            paramLabel = "DIR",
            description = "Where the generated root credentials are kept. Default: in your home directory.")
    private @Nullable String stateDirectory;

    @CommandLine.Option(
            names = "--show-credentials",
            description = "Print the root credentials, in commands for aws-cli, boto3 and rclone.")
    private boolean showCredentials;

    @Parameters(
            paramLabel = "DRIVE",
            arity = "0..*",
            description = "Drive directories; ranges are expanded: /data{1...4}, /disk{01...16}, /mnt/{a...d}.")
    private @Nullable List<String> drives;

    ServerCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        try {
            Settings settings = new SettingsLoader(environment).load(options(), config);
            Logging.configure(settings.log());
            Path state = RootCredentialsStore.stateDirectory(settings, environment);
            RootCredentials root = RootCredentialsStore.load(settings.root(), state);
            return run(settings, root);
        } catch (SettingsException e) {
            return refused(CommandLine.ExitCode.USAGE, e);
        } catch (StartRefusedException e) {
            return refused(REFUSED, e);
        }
    }

    private int run(Settings settings, RootCredentials root) throws StartRefusedException {
        Logger log = LoggerFactory.getLogger(ServerCommand.class);
        settings.unknownVariables()
                .forEach(name -> log.warn("Environment variable {} sets nothing; is it misspelt?", name));
        Node node = new Node(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(node::stop, "stop"));
        NodeReport report = node.open(root, new LocalMounting(settings));
        print(settings, new Banner(report, root, settings.s3().region()));
        node.awaitEnd();
        return CommandLine.ExitCode.OK;
    }

    /** On standard output; on standard error where standard output has one JSON object a line. */
    private void print(Settings settings, Banner banner) {
        PrintStream out = settings.log().format() == LogSettings.Format.JSON ? System.err : System.out;
        banner.lines().forEach(out::println);
        if (showCredentials) {
            banner.clientLines().forEach(out::println);
        }
        out.flush();
    }

    private static int refused(int code, Exception e) {
        System.err.println("azekura: " + e.getMessage());
        return code;
    }

    private Map<String, Option> options() {
        Map<String, Option> options = new HashMap<>();
        put(options, "azekura.drives", "DRIVE", drives);
        put(options, "azekura.s3.address", "--address", address);
        put(options, "azekura.admin.address", "--admin-address", adminAddress);
        put(options, "azekura.state-directory", "--state-directory", stateDirectory);
        return options;
    }

    private static void put(Map<String, Option> options, String key, String name, @Nullable Object value) {
        if (value != null) {
            options.put(key, new Option(name, value));
        }
    }
}
