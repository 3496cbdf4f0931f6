package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.server.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener over real sockets: what Akka HTTP would spoil, and the order of a request's stations. */
class S3ServerIT {
    private static final String BUCKET = "/test-bucket";

    private static TestServer server;
    private RawClient client;

    @BeforeAll
    static void start() {
        server = new TestServer(0, "us-east-1");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = new RawClient(server.port());
        assertEquals(200, client.exchange("PUT", BUCKET).status());
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.store.failWith(null);
        server.store.onOpen(reply -> reply);
    }

    @Test
    void headHasTheLengthOfTheBodyAndNoBody() throws IOException {
        client.put(BUCKET + "/head", "hello");
        Answer head = client.exchange("HEAD", BUCKET + "/head");
        assertEquals(200, head.status());
        assertEquals(Optional.of("5"), head.header("Content-Length"));
        assertEquals(
                1,
                head.headers().stream()
                        .filter(line -> line.startsWith("Content-Length"))
                        .count());
        assertEquals("hello", client.exchange("GET", BUCKET + "/head").text());
    }

    @Test
    void headOfAMissingKeyIsABare404AndTheConnectionLivesOn() throws IOException {
        Answer head = client.exchange("HEAD", BUCKET + "/missing");
        assertEquals(404, head.status());
        assertTrue(head.header("x-amz-request-id").orElseThrow().matches("[0-9A-F]{16}"));
        assertEquals("NoSuchKey", client.exchange("GET", BUCKET + "/missing").code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//",
                "/a//b",
                "/./a",
                "/../a",
                "/a/../../b",
                "/%252F",
                "/a%20b",
                "/a%2Bb",
                "/%00",
                "/%0D%0A",
                "/%E6%97%A5",
                "/a%25zz",
                "/%7Ca%5E",
                "/a/",
                "/..",
                "/%C2%85%EF%BF%BE"
            })
    void everySpellingIsAKeyOfItsOwn(String key) throws IOException {
        assertEquals(200, client.put(BUCKET + key, "body of " + key).status());
        assertEquals("body of " + key, client.exchange("GET", BUCKET + key).text());
        assertEquals(204, client.exchange("DELETE", BUCKET + key).status());
        assertEquals(404, client.exchange("GET", BUCKET + key).status());
    }

    @Test
    void anEncodedSlashIsASlash() throws IOException {
        client.put(BUCKET + "/dir/key", "x");
        String head = client.signed("GET", BUCKET + "/dir/key", "", 0, RawClient.sha256(new byte[0]));
        client.send(head.replace("/dir/key", "/dir%2Fkey"));
        assertEquals("x", client.read(false).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%FF", "%C0%AF", "%ED%A0%80"})
    void aKeyThatIsNotUtf8IsRefused(String key) throws IOException {
        assertEquals("InvalidURI", client.exchange("GET", BUCKET + "/" + key).code());
    }

    @Test
    void keysMayHave1024BytesAndNotOneMore() throws IOException {
        assertEquals(200, client.put(BUCKET + "/" + "k".repeat(1024), "").status());
        assertEquals(
                "KeyTooLongError",
                client.put(BUCKET + "/" + "k".repeat(1025), "").code());
    }

    @Test
    void systemHeadersComeBackAsTheyWereSent() throws IOException {
        String[] headers = {
            "Content-Type: application/XML;charset=utf-8;Odd=\"x\"",
            "Cache-Control: max-age=3,Private",
            "Content-Disposition: attachment; filename=\" q \"",
            "Content-Language: de,EN",
            "Expires: never",
            "x-amz-meta-Name: Käse"
        };
        assertEquals(200, client.put(BUCKET + "/h", "x", headers).status());
        Answer get = client.exchange("GET", BUCKET + "/h");
        for (String header : headers) {
            String name = header.substring(0, header.indexOf(':'));
            String value = header.substring(name.length() + 1).strip();
            assertEquals(Optional.of(value), get.header(name));
        }
    }

    @Test
    void aTypeThatIsNoMediaTypeIsKept() throws IOException {
        client.put(BUCKET + "/t", "x", "Content-Type: foo");
        Answer get = client.exchange("GET", BUCKET + "/t");
        assertEquals(
                List.of("Content-Type: foo"),
                get.headers().stream()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type"))
                        .toList());
    }

    @Test
    void anObjectWithoutATypeIsBinary() throws IOException {
        client.put(BUCKET + "/none", "x");
        assertEquals(
                Optional.of("binary/octet-stream"),
                client.exchange("GET", BUCKET + "/none").header("Content-Type"));
    }

    @Test
    void overridesReplaceStoredHeadersOnGetAndHead() throws IOException {
        client.put(BUCKET + "/o", "x", "Content-Type: text/plain");
        String query = "response-cache-control=no-store&response-content-type=a%2Fb";
        for (String method : List.of("GET", "HEAD")) {
            Answer answer = client.query(method, BUCKET + "/o", query);
            assertEquals(Optional.of("a/b"), answer.header("Content-Type"));
            assertEquals(Optional.of("no-store"), answer.header("Cache-Control"));
        }
        Answer split = client.query("GET", BUCKET + "/o", "response-content-type=a%0D%0AEvil%3A%201");
        assertEquals("InvalidArgument", split.code());
        assertEquals(Optional.empty(), split.header("Evil"));
    }

    @Test
    void requestLinesOverTheLimitAre414InXml() throws IOException {
        client.send("GET /" + "a".repeat(16 * 1024) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Answer answer = client.read(false);
        assertEquals(414, answer.status());
        assertEquals("RequestURITooLong", answer.code());
    }

    @Test
    void headersOverTheLimitsAreRefused() throws IOException {
        String start = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        refusesHeaders(start + "X-One: " + "a".repeat(33 * 1024) + "\r\n\r\n");
        refusesHeaders(start + ("X-Many: " + "a".repeat(1000) + "\r\n").repeat(33) + "\r\n");
        refusesHeaders(start + "X-Count: a\r\n".repeat(257) + "\r\n");
        try (RawClient other = new RawClient(server.port())) {
            other.send(start + ("X-Many: " + "a".repeat(1000) + "\r\n").repeat(31) + "\r\n");
            assertEquals("AccessDenied", other.read(false).code());
        }
    }

    private static void refusesHeaders(String request) throws IOException {
        try (RawClient other = new RawClient(server.port())) {
            other.send(request);
            Answer answer = other.read(false);
            assertEquals(400, answer.status());
            assertEquals("RequestHeaderSectionTooLarge", answer.code());
        }
    }

    @Test
    void metadataMayHaveTwoKibibytesAndNotOneByteMore() throws IOException {
        String name = "x-amz-meta-abcd: ";
        assertEquals(
                200, client.put(BUCKET + "/m", "", name + "v".repeat(2048 - 4)).status());
        assertEquals(
                "MetadataTooLarge",
                client.put(BUCKET + "/m", "", name + "v".repeat(2048 - 3)).code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /b/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
                "GET /b#frag HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "FOO / HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void whatIsNoHttpIsRefusedInXmlAndTheConnectionEnds(String request) throws IOException {
        client.send(request + "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        Answer answer = client.read(false);
        assertTrue(answer.status() == 400 || answer.status() == 405, answer.text());
        assertTrue(answer.text().startsWith("<?xml"), answer.text());
        assertEquals(0, client.readToEnd().length);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        client.put(BUCKET + "/p1", "one");
        client.put(BUCKET + "/p2", "two");
        String hash = RawClient.sha256(new byte[0]);
        client.send(client.signed("GET", BUCKET + "/p1", "", 0, hash)
                + "GET " + BUCKET + "/p1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + client.signed("GET", BUCKET + "/p2", "", 0, hash));
        assertEquals("one", client.read(false).text());
        assertEquals("AccessDenied", client.read(false).code());
        assertEquals("two", client.read(false).text());
    }

    @Test
    void aClientThatWaitsForTheGoAheadIsRefusedWithoutIt() throws IOException {
        client.send("PUT " + BUCKET + "/e HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                + "Content-Length: 1000\r\n\r\n");
        Answer answer = client.read(false);
        assertEquals(403, answer.status());
        assertEquals(Optional.of("close"), answer.header("Connection"));
        assertEquals(0, client.readToEnd().length);
    }

    @Test
    void aClientThatWaitsForTheGoAheadGetsIt() throws IOException {
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        client.send(
                client.signed("PUT", BUCKET + "/e", "", body.length, RawClient.sha256(body), "Expect: 100-continue"));
        assertEquals(100, client.read(false).status());
        client.send("", body);
        assertEquals(200, client.read(false).status());
        assertEquals("hello", client.exchange("GET", BUCKET + "/e").text());
    }

    @Test
    void aBodyThatEndsEarlyStoresNothing() throws IOException {
        int before = server.store.objectCount();
        try (RawClient other = new RawClient(server.port())) {
            other.send(other.signed("PUT", BUCKET + "/short", "", 300_000, RawClient.UNSIGNED), new byte[200_000]);
        }
        assertEquals(404, client.exchange("HEAD", BUCKET + "/short").status());
        assertEquals(before, server.store.objectCount());
    }

    @Test
    void aBodyOfAnotherHashStoresNothing() throws IOException {
        client.put(BUCKET + "/hash", "old");
        client.send(
                client.signed("PUT", BUCKET + "/hash", "", 3, RawClient.sha256(new byte[0])),
                "new".getBytes(StandardCharsets.UTF_8));
        assertEquals("XAmzContentSHA256Mismatch", client.read(false).code());
        assertEquals("old", client.exchange("GET", BUCKET + "/hash").text());
    }

    @Test
    void largeBodiesStreamBothWays() throws IOException {
        byte[] body = new byte[5_000_000];
        new Random(7).nextBytes(body);
        assertEquals(200, client.exchange("PUT", BUCKET + "/large", "", body).status());
        assertArrayEquals(body, client.exchange("GET", BUCKET + "/large").body());
        Answer part = client.exchange("GET", BUCKET + "/large", "Range: bytes=1000000-3999999");
        assertEquals(Optional.of("bytes 1000000-3999999/5000000"), part.header("Content-Range"));
        assertArrayEquals(Arrays.copyOfRange(body, 1_000_000, 4_000_000), part.body());
    }

    @Test
    void aBodyThatFailsAbortsTheConnectionAndIsNotPadded() throws IOException {
        client.put(BUCKET + "/broken", "x".repeat(200_000));
        CompletableFuture<ByteString> rest = new CompletableFuture<>();
        server.store.onOpen(reply -> new ObjectStore.StreamedBody(
                Source.single(ByteString.fromString("part")).concat(Source.completionStage(rest))));
        client.send(client.signed("GET", BUCKET + "/broken", "", 0, RawClient.sha256(new byte[0])));
        assertEquals("part", client.readStart("part".length()));
        rest.completeExceptionally(new IllegalStateException("two drives lost"));
        assertEquals(0, client.readToEnd().length);
    }

    @Test
    void aVersionReplacedWhileItWasOpenedIsReadAgain() throws IOException {
        client.put(BUCKET + "/replaced", "new");
        AtomicInteger opened = new AtomicInteger();
        server.store.onOpen(reply -> opened.incrementAndGet() < 3 ? new ObjectStore.Replaced() : reply);
        assertEquals("new", client.exchange("GET", BUCKET + "/replaced").text());
        server.store.onOpen(reply -> new ObjectStore.Replaced());
        assertEquals(503, client.exchange("GET", BUCKET + "/replaced").status());
    }

    @Test
    void anUnavailableStoreIs503WithoutItsReason() throws IOException {
        server.store.failWith("quorum of set 7 lost");
        Answer answer = client.exchange("GET", BUCKET + "/x");
        assertEquals(503, answer.status());
        assertEquals("ServiceUnavailable", answer.code());
        assertEquals(Optional.of("1"), answer.header("Retry-After"));
        assertFalse(answer.text().contains("quorum"));
    }

    @Test
    void moreRequestsThanAllowedAreToldToSlowDown() throws IOException {
        client.put(BUCKET + "/slow", "x".repeat(100_000));
        server.store.onOpen(reply -> new ObjectStore.StreamedBody(Source.maybe()));
        List<RawClient> readers = new ArrayList<>();
        try {
            for (int i = 0; i < TestServer.IN_FLIGHT_MAX; i++) {
                RawClient reader = new RawClient(server.port());
                readers.add(reader);
                reader.send(reader.signed("GET", BUCKET + "/slow", "", 0, RawClient.sha256(new byte[0])));
                awaitInFlight(i + 1);
            }
            Answer refused = client.exchange("GET", BUCKET + "/slow");
            assertEquals("SlowDown", refused.code());
        } finally {
            for (RawClient reader : readers) {
                reader.reset();
            }
        }
        awaitInFlight(0);
        assertEquals(200, client.exchange("HEAD", BUCKET + "/slow").status());
    }

    private static void awaitInFlight(int count) throws IOException {
        String line = "azekura_s3_requests_in_flight " + count + ".0";
        String metrics = "";
        for (int attempt = 0; attempt < 2000 && !metrics.contains(line); attempt++) {
            metrics = metrics();
            Thread.onSpinWait();
        }
        assertTrue(metrics.contains(line), () -> "never " + line);
    }

    private static String metrics() throws IOException {
        try (RawClient admin = new RawClient(server.adminPort())) {
            admin.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return admin.read(false).text();
        }
    }

    @Test
    void metricsCountRequestsErrorsAndBytesOnTheAdminPortOnly() throws IOException {
        client.put(BUCKET + "/counted", "12345");
        client.exchange("GET", BUCKET + "/counted-not");
        String metrics = metrics();
        assertTrue(metrics.contains("azekura_s3_requests_total{operation=\"PutObject\",status=\"2xx\"}"), metrics);
        assertTrue(metrics.contains("azekura_s3_errors_total{code=\"NoSuchKey\"}"), metrics);
        assertTrue(metrics.contains("azekura_s3_request_seconds_bucket{operation=\"GetObject\""), metrics);
        assertTrue(metrics.contains("azekura_s3_received_bytes_total"), metrics);
        assertTrue(metrics.contains("jvm_memory_used_bytes{area=\"heap\"}"), metrics);
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertEquals("AccessDenied", client.read(false).code());
    }

    @Test
    void probesNeedNoKeyAndTakeNothingElseFromBuckets() throws IOException {
        for (String path : List.of("/health/live", "/health/ready", "/minio/health/live", "/minio/health/ready")) {
            for (String method : List.of("GET", "HEAD")) {
                client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals(200, client.read(method.equals("HEAD")).status());
            }
        }
        server.ready.set(false);
        client.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertEquals(503, client.read(false).status());
        client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertEquals(200, client.read(false).status());
        server.ready.set(true);
        for (String path : List.of("/health/live?x", "/health/live/", "/health", "/minio/health/cluster")) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(403, client.read(false).status());
        }
        client.send("GET /health/live HTTP/1.1\r\nHost: minio.localhost\r\n\r\n");
        assertEquals(403, client.read(false).status());
        assertEquals(200, client.exchange("PUT", "/health").status());
        assertEquals(200, client.put("/health/lively", "x").status());
    }

    @Test
    void hostNamesOfConfiguredDomainsNameTheBucket() throws IOException {
        client.put(BUCKET + "/v", "virtual");
        for (String host : List.of("test-bucket.localhost:9000", "test-bucket.s3.example")) {
            client.host = host;
            assertEquals("virtual", client.exchange("GET", "/v").text());
        }
        client.host = "127.0.0.1:9000";
        assertEquals("virtual", client.exchange("GET", BUCKET + "/v").text());
        client.host = "un_valid.localhost";
        assertEquals("InvalidBucketName", client.exchange("GET", "/v").code());
    }

    @Test
    void aHeaderCannotForgeTheRequestLine() throws IOException {
        client.put(BUCKET + "/real", "real");
        Answer answer = client.exchange("GET", BUCKET + "/real", "Raw-Request-URI: /test-bucket/forged");
        assertEquals("real", answer.text());
    }

    @Test
    void answersAboutBucketsTellTheRegionEvenWhenRefused() throws IOException {
        assertEquals(Optional.of("us-east-1"), client.exchange("HEAD", BUCKET).header("x-amz-bucket-region"));
        assertEquals(
                Optional.of("us-east-1"),
                client.exchange("HEAD", "/no-such-bucket").header("x-amz-bucket-region"));
    }

    @Test
    void oldProtocolWithoutHostIsServed() throws IOException {
        client.send("GET /health/live HTTP/1.0\r\n\r\n");
        assertEquals(200, client.read(false).status());
    }
}
