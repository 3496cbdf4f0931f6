package io.azekura.multijvm.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.multijvm.harness.Content;
import io.azekura.multijvm.harness.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The node as a process: how it starts, refuses to start, tells its health, comes back and ends. */
class NodeProcessIT {
    private static final String BUCKET = "process";
    private static final Content CONTENT = new Content(1, 300_000);

    @TempDir
    Path directory = Path.of("");

    @Test
    void aKilledServerIsStartedAgainByTheLauncherAndHasItsObjects() throws Exception {
        try (TestNode node = new TestNode(directory, 4).underLauncher()) {
            node.start();
            put(node);
            ProcessHandle first = node.server().orElseThrow();
            node.kill();
            node.awaitReady();
            assertNotEquals(first, node.server().orElseThrow());
            assertStored(node);
            assertTrue(node.tail().contains("was ended by signal 9"), node.tail());
            assertEquals(0, node.stop());
        }
    }

    @Test
    void termEndsTheNodeAfterTheRequestUnderWay() throws Exception {
        try (TestNode node = new TestNode(directory, 4)) {
            node.start();
            try (S3Client client = node.clientWithoutRetries()) {
                client.createBucket(create -> create.bucket(BUCKET));
                PausedBody body = new PausedBody(CONTENT.bytes());
                CompletableFuture<?> put = CompletableFuture.runAsync(() -> client.putObject(
                        put0 -> put0.bucket(BUCKET).key("k"), RequestBody.fromInputStream(body, CONTENT.length())));
                assertTrue(body.halfway.await(30, TimeUnit.SECONDS));
                node.server().orElseThrow().destroy();
                body.resume.countDown();
                put.get(30, TimeUnit.SECONDS);
            }
            assertEquals(143, node.stop());
            node.start();
            assertStored(node);
        }
    }

    @Test
    void healthAndMetricsAnswerOnTheAdminPortAndHealthOnBoth() throws Exception {
        try (TestNode node = new TestNode(directory, 4)) {
            node.start();
            for (URI base : new URI[] {node.admin(), node.s3()}) {
                assertEquals(200, get(base, "/health/live").statusCode());
                assertEquals(200, get(base, "/health/ready").statusCode());
            }
            HttpResponse<String> metrics = get(node.admin(), "/metrics");
            assertEquals(200, metrics.statusCode());
            assertTrue(metrics.body().contains("azekura_drives{condition=\"online\"} 4"), metrics.body());
        }
    }

    @Test
    void aWrongSettingEndsTheStartWithCodeTwoAndOneLine() throws Exception {
        try (TestNode node = new TestNode(directory, 4).underLauncher()) {
            Path file = Files.writeString(directory.resolve("wrong.conf"), "azekura {\n  s3.region = \"US East\"\n}\n");
            assertEquals(2, node.startExpectingRefusal("--config", file.toString()));
            assertEquals(1, node.tail().lines().count(), node.tail());
            assertTrue(node.tail().contains(file + ":2: azekura.s3.region = US East: must be"), node.tail());
        }
    }

    @Test
    void aSecondNodeOverTheSameDrivesIsRefusedAndTheFirstGoesOn() throws Exception {
        try (TestNode node = new TestNode(directory, 4);
                TestNode second = new TestNode(directory, 4)) {
            node.start();
            put(node);
            assertEquals(1, second.startExpectingRefusal());
            assertFalse(second.tail().contains("\tat "), second.tail());
            assertStored(node);
        }
    }

    @Test
    void theRootPasswordIsInNoLogLine() throws Exception {
        try (TestNode node = new TestNode(directory, 4)) {
            node.start();
            put(node);
            node.stop();
            assertFalse(node.tail().contains(TestNode.SECRET_KEY), node.tail());
        }
    }

    private static void put(TestNode node) {
        try (S3Client client = node.client()) {
            client.createBucket(create -> create.bucket(BUCKET));
            client.putObject(put -> put.bucket(BUCKET).key("k"), RequestBody.fromBytes(CONTENT.bytes()));
        }
    }

    private static void assertStored(TestNode node) {
        try (S3Client client = node.client()) {
            assertArrayEquals(
                    CONTENT.bytes(),
                    client.getObjectAsBytes(get -> get.bucket(BUCKET).key("k")).asByteArray());
        }
    }

    private static HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A body that stops in the middle until it is told to go on. */
    private static final class PausedBody extends InputStream {
        final CountDownLatch halfway = new CountDownLatch(1);
        final CountDownLatch resume = new CountDownLatch(1);
        private final byte[] bytes;
        private int at;

        PausedBody(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (at == bytes.length) {
                return -1;
            }
            if (at >= bytes.length / 2) {
                halfway.countDown();
                try {
                    resume.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            int count = Math.min(Math.min(length, 1_000), bytes.length - at);
            System.arraycopy(bytes, at, target, offset, count);
            at += count;
            return count;
        }
    }
}
