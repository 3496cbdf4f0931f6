package io.azekura.http.body;

import static io.azekura.http.body.Bodies.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.ClientSigner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodyFlowTest {
    private static final int PIECE_BYTES = 64 * 1024;

    private final ActorTestKit kit = ActorTestKit.create();

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void streamedBodyIsReadLikeAStrictOne() throws Exception {
        byte[] data = new byte[1_000_000];
        new Random(1).nextBytes(data);
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED, data.length);
        ByteString wire = ByteString.fromArray(signer.signedChunks(data, 100_000));
        BodyReader strict = plan.newReader();
        BodyReader streamed = plan.newReader();
        ByteString whole = strict.readStrict(wire);
        List<ByteString> elements = await(run(Source.from(pieces(wire)), streamed));
        assertEquals(whole, join(elements));
        assertEquals(ByteString.fromArray(data), whole);
        assertEquals(strict.verified(), streamed.verified());
    }

    @Test
    void emptyBodyCompletes() throws Exception {
        BodyReader plain = Bodies.unsigned(0).newReader();
        assertEquals(List.of(), await(run(Source.empty(), plain)));
        assertEquals("d41d8cd98f00b204e9800998ecf8427e", plain.verified().etag());
        BodyReader chunked = Bodies.unsignedChunks(0).newReader();
        assertEquals(List.of(), await(run(Source.single(bytes("0\r\n\r\n")), chunked)));
        assertEquals(plain.verified(), chunked.verified());
    }

    @Test
    void tinyChunksDoNotBecomeTinyElements() throws Exception {
        BodyReader reader = Bodies.unsignedChunks(10_000).newReader();
        ByteString wire = bytes("1\r\nx\r\n".repeat(10_000) + "0\r\n\r\n");
        List<ByteString> elements = await(run(Source.from(pieces(wire)), reader));
        assertEquals(10_000, join(elements).length());
        assertTrue(elements.size() <= 4, () -> elements.size() + " elements");
    }

    @Test
    void wrongDigestFailsTheStreamThoughAllDataHavePassed() {
        BodyReader reader = Bodies.unsigned(5, "x-amz-checksum-crc32: AAAAAA==").newReader();
        assertFails(S3Error.BAD_DIGEST, run(Source.single(bytes("hello")), reader));
        assertThrows(IllegalStateException.class, reader::verified);
    }

    @Test
    void truncatedBodyFailsTheStream() {
        assertFails(
                S3Error.INCOMPLETE_BODY,
                run(Source.single(bytes("hell")), Bodies.unsigned(5).newReader()));
        assertFails(
                S3Error.INCOMPLETE_BODY,
                run(Source.single(bytes("5\r\nhell")), Bodies.unsignedChunks(5).newReader()));
    }

    @Test
    void brokenFramingFailsTheStreamBeforeTheBodyEnds() {
        Source<ByteString, ?> endless = Source.single(bytes("nonsense\r\n")).concat(Source.maybe());
        assertFails(
                S3Error.INVALID_REQUEST, run(endless, Bodies.unsignedChunks(5).newReader()));
    }

    @Test
    void failureOfTheConnectionPassesThrough() {
        IllegalArgumentException broken = new IllegalArgumentException("connection reset");
        Source<ByteString, ?> source = Source.single(bytes("he")).concat(Source.failed(broken));
        ExecutionException failure = assertThrows(
                ExecutionException.class,
                () -> await(run(source, Bodies.unsigned(5).newReader())));
        assertSame(broken, failure.getCause());
    }

    private CompletionStage<List<ByteString>> run(Source<ByteString, ?> source, BodyReader reader) {
        return source.via(reader.flow()).runWith(Sink.seq(), kit.system());
    }

    private static void assertFails(S3Error error, CompletionStage<List<ByteString>> result) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> await(result));
        assertEquals(
                error, assertInstanceOf(S3Exception.class, failure.getCause()).error());
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static List<ByteString> pieces(ByteString wire) {
        List<ByteString> pieces = new ArrayList<>();
        for (int from = 0; from < wire.length(); from += PIECE_BYTES) {
            pieces.add(wire.slice(from, Math.min(wire.length(), from + PIECE_BYTES)));
        }
        return pieces;
    }

    private static ByteString join(List<ByteString> elements) {
        return elements.stream().reduce(ByteString.emptyByteString(), ByteString::concat);
    }
}
