package io.azekura.multijvm.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One node with its drive directories, through as many lives of its process as a test wants. It is started from the
 * built distribution on ports that the system chooses, so the endpoint changes with every start. Not thread-safe,
 * except that {@link #kill} may be called while other threads are using clients.
 */
public final class TestNode implements AutoCloseable {
    /** A loaded machine of two cores was seen to need 20 s for three starts at once. */
    private static final Duration READY_MAX = Duration.ofMinutes(2);

    private static final Duration STOP_MAX = Duration.ofMinutes(1);
    private static final int OUTPUT_LINES_MAX = 200;
    private static final String ACCESS_KEY = "tester";
    public static final String SECRET_KEY = "only-for-tests-0123456789";
    private static final Pattern ENDPOINT = Pattern.compile("\\s+(S3 API|Admin API)\\s+(http://\\S+).*");

    private final Path base;
    private final List<Path> drives;
    private final Deque<String> output = new ArrayDeque<>();
    private boolean underLauncher;
    private String jvmOptions = "-Xmx512m";
    private @Nullable Process process;
    private @Nullable Thread reader;
    private Endpoints endpoints = Endpoints.NONE;

    /** A node over {@code drives} empty directories in {@code base}; nothing is started yet. */
    public TestNode(Path base, int drives) throws IOException {
        this.base = base;
        List<Path> directories = new ArrayList<>();
        for (int drive = 1; drive <= drives; drive++) {
            directories.add(Files.createDirectories(base.resolve("drive" + drive)));
        }
        this.drives = List.copyOf(directories);
    }

    /** From now on starts the launcher script, which restarts a killed server, instead of the JVM alone. */
    public TestNode underLauncher() {
        underLauncher = true;
        return this;
    }

    public TestNode withJvmOptions(String options) {
        jvmOptions = options;
        return this;
    }

    public List<Path> drives() {
        return drives;
    }

    /** Starts the process and waits until it says that it is ready. Returns how long that took. */
    public Duration start() throws IOException {
        long started = System.nanoTime();
        Process begun = command().redirectErrorStream(true).start();
        process = begun;
        synchronized (output) {
            endpoints = Endpoints.NONE;
        }
        Thread thread = new Thread(() -> read(begun), "output of node " + begun.pid());
        thread.setDaemon(true);
        thread.start();
        reader = thread;
        awaitReady();
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** Starts the process with further arguments, expecting that it ends by itself. Returns its exit code. */
    public int startExpectingRefusal(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = command();
        builder.command().addAll(List.of(arguments));
        Process begun = builder.redirectErrorStream(true).start();
        process = begun;
        read(begun);
        return begun.waitFor();
    }

    /** Waits until the banner of a process that was started since the last call of {@link #start} or {@link #kill}. */
    public void awaitReady() {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        synchronized (output) {
            while (!endpoints.complete()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                Process running = running();
                if (left <= 0 || !running.isAlive()) {
                    String state = running.isAlive() ? "still runs" : "ended with exit code " + running.exitValue();
                    throw new AssertionError("the node did not become ready and " + state + ":\n" + tail());
                }
                try {
                    output.wait(Math.min(left, 100));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted while the node was starting", e);
                }
            }
        }
    }

    /** SIGKILL to the server's JVM, and waits until it is gone. */
    public void kill() {
        ProcessHandle server = server().orElseThrow(() -> new AssertionError("no server runs"));
        synchronized (output) {
            endpoints = Endpoints.NONE;
        }
        server.destroyForcibly();
        server.onExit().join();
        if (!underLauncher) {
            joinReader();
        }
    }

    /** SIGTERM to the process that was started, and waits for its end. Returns its exit code. */
    public int stop() throws InterruptedException {
        Process running = running();
        running.toHandle().destroy();
        if (!running.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the node did not stop within " + STOP_MAX + ":\n" + tail());
        }
        joinReader();
        return running.exitValue();
    }

    /** The server's JVM, whether or not a launcher stands above it. */
    public Optional<ProcessHandle> server() {
        ProcessHandle top = running().toHandle();
        return underLauncher ? top.children().findFirst() : Optional.of(top);
    }

    public URI s3() {
        synchronized (output) {
            return URI.create(endpoints.s3());
        }
    }

    public URI admin() {
        synchronized (output) {
            return URI.create(endpoints.admin());
        }
    }

    /** A client with the SDK's defaults. */
    public S3Client client() {
        return client(DefaultRetryStrategy.legacyStrategyBuilder().build());
    }

    /** A client that sends every request once: an error means that the outcome is not known, and no more. */
    public S3Client clientWithoutRetries() {
        return client(DefaultRetryStrategy.doNotRetry());
    }

    private S3Client client(software.amazon.awssdk.retries.api.RetryStrategy retries) {
        return S3Client.builder()
                .endpointOverride(s3())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(Duration.ofMinutes(1)))
                .overrideConfiguration(override -> override.retryStrategy(retries))
                .build();
    }

    /** The last lines that the processes wrote. */
    public String tail() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Ends whatever still runs, without grace. */
    @Override
    public void close() {
        Process running = process;
        if (running == null) {
            return;
        }
        List<ProcessHandle> family = running.toHandle().descendants().toList();
        running.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        running.toHandle().onExit().join();
        family.forEach(member -> member.onExit().join());
        joinReader();
    }

    private Process running() {
        Process running = process;
        if (running == null) {
            throw new AssertionError("the node was never started");
        }
        return running;
    }

    private ProcessBuilder command() {
        Path distribution = Distribution.directory();
        List<String> command = new ArrayList<>();
        if (underLauncher) {
            command.add(distribution.resolve("bin/azekura").toString());
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(Distribution.jvmFlags());
            command.addAll(Arrays.asList(jvmOptions.split(" ")));
            command.addAll(List.of("-cp", distribution.resolve("lib") + "/*", "io.azekura.node.Main"));
        }
        command.addAll(List.of("server", "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"));
        drives.forEach(drive -> command.add(drive.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("AZEKURA_"));
        builder.environment().put("AZEKURA_JAVA_OPTS", jvmOptions);
        builder.environment()
                .put("AZEKURA_STATE_DIRECTORY", base.resolve("state").toString());
        builder.environment().put("AZEKURA_ROOT_USER", ACCESS_KEY);
        builder.environment().put("AZEKURA_ROOT_PASSWORD", SECRET_KEY);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private void read(Process source) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(source.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
            }
        } catch (IOException e) {
            note("(output ended: " + e.getMessage() + ")");
        }
    }

    private void note(String line) {
        synchronized (output) {
            output.addLast(line);
            if (output.size() > OUTPUT_LINES_MAX) {
                output.removeFirst();
            }
            Matcher named = ENDPOINT.matcher(line);
            if (named.matches()) {
                endpoints = named.group(1).equals("S3 API")
                        ? new Endpoints(named.group(2), endpoints.admin())
                        : new Endpoints(endpoints.s3(), named.group(2));
            }
            output.notifyAll();
        }
    }

    private void joinReader() {
        Thread thread = reader;
        if (thread != null) {
            try {
                thread.join(STOP_MAX.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Endpoints(String s3, String admin) {
        static final Endpoints NONE = new Endpoints("", "");

        boolean complete() {
            return !s3.isEmpty() && !admin.isEmpty();
        }
    }
}
