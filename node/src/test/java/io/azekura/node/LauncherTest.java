package io.azekura.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script in a home of its own, whose bundled runtime is a script that stands for java: it prints its pid
 * and arguments, one a line, and then waits for signals or ends with the code that the arguments ask for.
 */
@Timeout(60)
class LauncherTest {
    private static final Path SCRIPT = Path.of("src/main/dist/bin/azekura");

    private static final String JAVA = """
            #!/bin/sh
            if [ "$1" = -version ]; then echo 'openjdk version "VERSION"' >&2; exit 0; fi
            echo "pid $$"
            for argument; do
              echo "argument $argument"
              case $argument in
                exit=*) exit "${argument#exit=}" ;;
                deaf) trap '' TERM ;;
              esac
            done
            echo end
            exec sleep 50
            """;

    @TempDir
    Path home = Path.of("");

    private final List<Process> launchers = new ArrayList<>();
    private final List<ProcessHandle> servers = new ArrayList<>();

    @BeforeEach
    void makeHome() throws IOException {
        Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(SCRIPT, home.resolve("bin/azekura"));
        makeExecutable(home.resolve("bin/azekura"));
        bundle("17.0.15");
    }

    @AfterEach
    void endWhatIsLeft() {
        launchers.forEach(Process::destroyForcibly);
        servers.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void aServerKilledBySegvOrKillIsStartedAgain() throws Exception {
        for (String signal : List.of("SEGV", "KILL", "BUS", "ABRT")) {
            Run run = launch("server", "/d");
            ProcessHandle first = run.awaitServer();
            signal(signal, first);
            ProcessHandle second = run.awaitServer();
            assertTrue(second.isAlive());
            assertFalse(first.isAlive());
            signal("TERM", run.process.toHandle());
            assertEquals(0, run.awaitExit());
        }
    }

    @Test
    void termIntAndHupEndServerAndLauncher() throws Exception {
        for (String signal : List.of("TERM", "HUP", "INT")) {
            Run run = launch("server", "/d");
            ProcessHandle server = run.awaitServer();
            signal(signal, run.process.toHandle());
            assertEquals(0, run.awaitExit(), signal);
            assertFalse(server.isAlive(), signal);
        }
    }

    @Test
    void theLauncherWaitsForAServerThatTakesItsTimeToStop() throws Exception {
        Run run = launch("server", "deaf");
        ProcessHandle server = run.awaitServer();
        signal("TERM", run.process.toHandle());
        signal("TERM", run.process.toHandle());
        assertFalse(run.process.waitFor(300, TimeUnit.MILLISECONDS));
        assertTrue(server.isAlive());
        signal("KILL", server);
        assertEquals(128 + 9, run.awaitExit());
    }

    @Test
    void exitCodesOfTheServerArePassedOnWithoutARestart() throws Exception {
        for (int code : new int[] {0, 1, 2, 3, 143}) {
            Run run = launch("server", "exit=" + code);
            assertEquals(code, run.awaitExit());
            assertEquals(
                    1,
                    run.output.stream().filter(line -> line.startsWith("pid ")).count());
        }
    }

    @Test
    void aServerThatIsAskedToStopByItsOwnPidIsNotStartedAgain() throws Exception {
        Run run = launch("server", "/d");
        signal("TERM", run.awaitServer());
        assertEquals(143, run.awaitExit());
    }

    @Test
    void otherCommandsRunOnceAndPassTheirArgumentsUnchanged() throws Exception {
        Run run = launch("drive", "inspect", "a b", "*", "exit=5");
        assertEquals(5, run.awaitExit());
        List<String> arguments = run.arguments();
        int main = arguments.indexOf("io.azekura.node.Main");
        assertEquals(List.of("drive", "inspect", "a b", "*", "exit=5"), arguments.subList(main + 1, arguments.size()));
        assertTrue(arguments.contains(home.toRealPath() + "/lib/*"));
    }

    @Test
    void jvmOptionsFollowTheVersionAndTheUsersComeLast() throws Exception {
        Path homePath = home.toRealPath();
        Run seventeen = launch("server", "exit=0");
        assertEquals(0, seventeen.awaitExit());
        assertFalse(seventeen.arguments().contains("--enable-native-access=ALL-UNNAMED"));
        assertTrue(seventeen.arguments().contains("-XX:+ExitOnOutOfMemoryError"));
        assertTrue(seventeen.arguments().stream()
                .anyMatch(argument -> argument.startsWith("-Dlibrary.leveldbjni.path=" + homePath + "/lib/")));

        bundle("25.0.3");
        Run newer = launchWith("-Xmx256m -XX:MaxDirectMemorySize=64m", "server", "exit=0");
        assertEquals(0, newer.awaitExit());
        List<String> arguments = newer.arguments();
        assertTrue(arguments.contains("--enable-native-access=ALL-UNNAMED"));
        assertTrue(arguments.contains("--sun-misc-unsafe-memory-access=allow"));
        assertTrue(arguments.indexOf("-XX:MaxDirectMemorySize=64m") > arguments.indexOf("-XX:MaxDirectMemorySize=1g"));
        assertTrue(arguments.contains("-Xmx256m"));
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        for (String version : List.of("11.0.2", "1.8.0_292")) {
            bundle(version);
            Run run = launch("server", "/d");
            assertEquals(1, run.awaitExit());
            assertTrue(String.join("\n", run.output).contains("needs Java 17 or newer"), run.output.toString());
        }
    }

    @Test
    void theHomeIsFoundThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(home.resolve("link"), Path.of("bin/azekura"));
        Run run = start(link, "", "version", "exit=7");
        assertEquals(7, run.awaitExit());
    }

    private void bundle(String version) throws IOException {
        Path java = home.resolve("runtime/bin/java");
        Files.createDirectories(java.getParent());
        Files.deleteIfExists(java);
        Files.writeString(java, JAVA.replace("VERSION", version));
        makeExecutable(java);
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run launch(String... arguments) throws IOException {
        return launchWith("", arguments);
    }

    private Run launchWith(String options, String... arguments) throws IOException {
        return start(home.resolve("bin/azekura"), options, arguments);
    }

    private Run start(Path script, String options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("AZEKURA_"));
        builder.environment().put("AZEKURA_JAVA_OPTS", options);
        Process process = builder.start();
        launchers.add(process);
        return new Run(process);
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.format(Locale.ROOT, "%d", process.pid())).start();
        assertEquals(0, kill.waitFor());
    }

    /** One run of the launcher, with the lines that it and its servers wrote. */
    private final class Run {
        final Process process;
        final BufferedReader lines;
        final List<String> output = new ArrayList<>();

        Run(Process process) {
            this.process = process;
            this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        }

        /** Waits until the next server is up. */
        ProcessHandle awaitServer() throws IOException {
            long pid = -1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.startsWith("pid ")) {
                    pid = Long.parseLong(line.substring("pid ".length()));
                } else if (line.equals("end")) {
                    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
                    servers.add(server);
                    return server;
                }
            }
            throw new AssertionError("no server came up: " + output);
        }

        int awaitExit() throws Exception {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
            return process.waitFor();
        }

        /** What the fake java was told, in order. */
        List<String> arguments() {
            String prefix = "argument ";
            return output.stream()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()))
                    .toList();
        }
    }
}
