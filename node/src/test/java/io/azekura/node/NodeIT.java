package io.azekura.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import io.azekura.node.settings.RootCredentials;
import io.azekura.node.settings.Secret;
import io.azekura.node.settings.Settings;
import io.azekura.node.settings.SettingsLoader;
import io.azekura.node.settings.SettingsLoader.Option;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.layout.ErasureShape;
import io.azekura.persistence.layout.Layout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The wiring of a node in this process, over drives in memory. */
class NodeIT {
    private static final RootCredentials ROOT =
            new RootCredentials("tester", new Secret("0123456789abcdef"), Optional.empty(), false);

    private final AtomicBoolean closed = new AtomicBoolean();

    @Test
    void aNodeServesWhatItReportsAndClosesItsDrivesAtTheEnd() throws Exception {
        Node node = new Node(settings("127.0.0.1:0"));
        NodeReport report = node.open(ROOT, this::inMemory);
        try {
            assertEquals(200, status(report.adminApi(), "/health/ready"));
            assertEquals(200, status(report.s3Api(), "/health/ready"));
            assertEquals(403, status(report.s3Api(), "/"));
            String metrics = body(report.adminApi(), "/metrics");
            assertTrue(metrics.contains("azekura_drives{condition=\"online\"} 4"), metrics);
        } finally {
            node.stop();
        }
        assertTrue(closed.get());
        node.awaitEnd();
        assertThrows(IOException.class, () -> status(report.s3Api(), "/health/live"));
    }

    @Test
    void aTakenAddressRefusesTheStartInOneLineAndLeavesNothingRunning() throws Exception {
        Node first = new Node(settings("127.0.0.1:0"));
        try {
            URI taken = first.open(ROOT, this::inMemory).s3Api();
            Node second = new Node(settings("127.0.0.1:" + taken.getPort()));
            String message =
                    String.valueOf(assertThrows(StartRefusedException.class, () -> second.open(ROOT, this::inMemory))
                            .getMessage());
            assertTrue(
                    message.startsWith("cannot listen on 127.0.0.1:" + taken.getPort() + " (azekura.s3.address)"),
                    message);
            assertEquals(1, message.lines().count());
            assertTrue(closed.get());
            second.awaitEnd();
        } finally {
            first.stop();
        }
    }

    @Test
    void drivesThatRefuseEndTheStart() throws Exception {
        Node node = new Node(settings("127.0.0.1:0"));
        assertThrows(
                StartRefusedException.class,
                () -> node.open(ROOT, system -> {
                    throw new StartRefusedException("no");
                }));
        node.awaitEnd();
        assertFalse(closed.get());
    }

    private NodeDrives inMemory(ActorSystem<Guardian.Command> system) {
        List<Drive> drives = Stream.generate(MemoryDrive::new)
                .limit(4)
                .map(Drive.class::cast)
                .toList();
        List<DriveId> ids = drives.stream().map(Drive::id).toList();
        Layout layout = new Layout(Layout.FIRST_VERSION, ids, ErasureShape.forDrives(4));
        return new NodeDrives(drives, layout, "test", List.of(), () -> closed.set(true));
    }

    private static Settings settings(String s3Address) throws Exception {
        return new SettingsLoader(Map.of())
                .load(
                        Map.of(
                                "azekura.drives",
                                        new Option(
                                                "DRIVE",
                                                List.of(Path.of("unused").toString())),
                                "azekura.s3.address", new Option("--address", s3Address),
                                "azekura.admin.address", new Option("--admin-address", "127.0.0.1:0")),
                        null);
    }

    private static int status(URI base, String path) throws IOException, InterruptedException {
        return get(base, path).statusCode();
    }

    private static String body(URI base, String path) throws IOException, InterruptedException {
        return get(base, path).body();
    }

    private static HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
