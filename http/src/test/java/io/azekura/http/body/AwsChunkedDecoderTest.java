package io.azekura.http.body;

import static io.azekura.http.body.Bodies.assertRefused;
import static io.azekura.http.body.Bodies.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import akka.util.ByteString;
import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.ClientSigner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Framing of chunks, as clients send it and as attackers do. In texts, {@code ~} stands for CRLF and {@code |} for LF. */
class AwsChunkedDecoderTest {
    private static final String HELLO_CRC32 = "NhCmhg==";
    private static final String TRAILER = "x-amz-trailer: x-amz-checksum-crc32";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5~hello~0~~",
                "5~hello~0~",
                "05~hello~0~~",
                "0000000000000005~hello~0000000000000000~~",
                "1~h~1~e~1~l~1~l~1~o~0~~",
                "2~he~3~llo~0~~"
            })
    void bodyWithoutTrailerIsRead(String body) {
        assertEquals("hello", unsigned(5, body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5~hello~0~x-amz-checksum-crc32:NhCmhg==~~",
                "5~hello~0~x-amz-checksum-crc32:NhCmhg==~",
                "5~hello~0~X-Amz-Checksum-CRC32: NhCmhg== ~~",
                "5~hello~0~x-amz-checksum-crc32:NhCmhg==|~",
                "5~hello~0~~x-amz-checksum-crc32:NhCmhg==~~",
                "2~he~3~llo~0~x-amz-checksum-crc32:NhCmhg==~~"
            })
    void bodyWithTrailerIsRead(String body) {
        assertEquals("hello", unsigned(5, body, TRAILER));
    }

    @Test
    void emptyBodyMayHaveItsLastChunkTwice() {
        assertEquals("", unsigned(0, "0~~0~x-amz-checksum-crc32:AAAAAA==~~", TRAILER));
        refused(S3Error.MALFORMED_TRAILER_ERROR, 0, "0~~0~0~x-amz-checksum-crc32:AAAAAA==~~", TRAILER);
        refused(S3Error.MALFORMED_TRAILER_ERROR, 5, "5~hello~0~~0~x-amz-checksum-crc32:NhCmhg==~~", TRAILER);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_REQUEST, +5~hello~0~~",
        "INVALID_REQUEST, 0x5~hello~0~~",
        "INVALID_REQUEST, -5~hello~0~~",
        "INVALID_REQUEST, ' 5~hello~0~~'",
        "INVALID_REQUEST, 5 ~hello~0~~",
        "INVALID_REQUEST, g~hello~0~~",
        "INVALID_REQUEST, ~5~hello~0~~",
        "INVALID_REQUEST, 00000000000000005~hello~0~~",
        "INVALID_REQUEST, 5|hello~0~~",
        "INVALID_REQUEST, 5~hello|0~~",
        "INVALID_REQUEST, 5~hello0~~",
        "INVALID_REQUEST, 5~helloo~0~~",
        "INVALID_REQUEST, 5;chunk-signature=00~hello~0~~",
        "INVALID_REQUEST, 5;a=b~hello~0~~",
        "INVALID_REQUEST, 5;~hello~0~~",
        "INVALID_REQUEST, 5~hello~0~~x",
        "INVALID_REQUEST, 5~hello~0~~~",
        "INVALID_REQUEST, 5~hello~0~~5~hello~0~~",
        "INCOMPLETE_BODY, hello",
        "INVALID_REQUEST, hello~",
        "INCOMPLETE_BODY, ''",
        "INCOMPLETE_BODY, 5",
        "INCOMPLETE_BODY, 5~",
        "INCOMPLETE_BODY, 5~hel",
        "INCOMPLETE_BODY, 5~hello",
        "INCOMPLETE_BODY, 5~hello~",
        "INCOMPLETE_BODY, 5~hello~0",
        "INCOMPLETE_BODY, 4~hell~0~~",
        "INCOMPLETE_BODY, 0~~",
        "INCOMPLETE_BODY, 6~hello!~0~~",
        "INCOMPLETE_BODY, 5~hello~1~!~0~~",
        "INCOMPLETE_BODY, 8000000000000000~hello~0~~",
        "INCOMPLETE_BODY, ffffffffffffffff~hello~0~~",
        "INCOMPLETE_BODY, 7fffffffffffffff~hello~0~~",
        "INCOMPLETE_BODY, 100000005~hello~0~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32:NhCmhg==~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~Authorization:x~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-trailer-signature:00~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~nonsense~~"
    })
    void brokenFramingIsRefused(S3Error error, String body) {
        refused(error, 5, body);
    }

    @ParameterizedTest
    @CsvSource({
        "MALFORMED_TRAILER_ERROR, 5~hello~0~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-sha1:x~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32:NhCmhg==~x-amz-checksum-crc32:NhCmhg==~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32:NhCmhg==~Host:evil~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~Host:evil~x-amz-checksum-crc32:NhCmhg==~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32:NhCmhg==~x-amz-trailer-signature:00~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32 NhCmhg==~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~:NhCmhg==~~",
        "MALFORMED_TRAILER_ERROR, 5~hello~0~x-amz-checksum-crc32 :NhCmhg==~~",
        "INVALID_REQUEST, 5~hello~0~x-amz-checksum-crc32:~~",
        "INVALID_REQUEST, 5~hello~0~x-amz-checksum-crc32:NhCm~~",
        "INVALID_REQUEST, 5~hello~0~x-amz-checksum-crc32:NhCmhg==~~x",
        "INCOMPLETE_BODY, 5~hello~0~x-amz-checksum-crc32:NhCmhg==",
        "BAD_DIGEST, 5~hello~0~x-amz-checksum-crc32:AAAAAA==~~"
    })
    void wrongTrailersAreRefused(S3Error error, String body) {
        refused(error, 5, body, TRAILER);
    }

    @Test
    void longLinesAreRefusedBeforeTheyEnd() {
        for (String start : List.of("5;", "0".repeat(16) + ";", "5")) {
            AwsChunkedDecoder decoder = decoder(5);
            ByteString flood = bytes(start + "a".repeat(AwsChunkedDecoder.CHUNK_LINE_BYTES_MAX));
            assertRefused(S3Error.INVALID_REQUEST, () -> decoder.decode(flood, data -> {}));
        }
        AwsChunkedDecoder trailers = decoder(0);
        trailers.decode(bytes("0\r\n"), data -> {});
        ByteString flood = bytes("a".repeat(AwsChunkedDecoder.TRAILER_LINE_BYTES_MAX + 1));
        assertRefused(S3Error.MALFORMED_TRAILER_ERROR, () -> trailers.decode(flood, data -> {}));
    }

    @Test
    void dataAreHandedOnWithoutACopy() {
        byte[] wire = new byte[6 + 8192 + 7];
        System.arraycopy(ClientSigner.bytes("2000\r\n"), 0, wire, 0, 6);
        System.arraycopy(ClientSigner.bytes("\r\n0\r\n\r\n"), 0, wire, 6 + 8192, 7);
        ByteString data = Bodies.unsignedChunks(8192).newReader().readStrict(ByteString.fromArrayUnsafe(wire));
        assertEquals(8192, data.length());
        assertEquals((byte) 0, data.apply(0));
        wire[6] = 'x';
        assertEquals((byte) 'x', data.apply(0), "the data share the array they came in");
    }

    @Test
    void signedChunksAreRead() {
        byte[] data = ClientSigner.bytes("hello, signed world");
        for (int chunk : List.of(1, 2, 7, 19, 64)) {
            ClientSigner signer = new ClientSigner();
            BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED, data.length);
            ByteString body = ByteString.fromArray(signer.signedChunks(data, chunk));
            assertEquals(
                    "hello, signed world", plan.newReader().readStrict(body).utf8String());
            assertEquals(
                    "hello, signed world",
                    plan.newReader().readStrict(body.concat(bytes("\r\n"))).utf8String());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void wrongSignatureOfAnyChunkIsRefused(int wrong) {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED, 6);
        String body = new String(signer.signedChunks(ClientSigner.bytes("abcdef"), 2), StandardCharsets.UTF_8);
        String marker = "chunk-signature=";
        int at = -1;
        for (int i = 0; i <= wrong; i++) {
            at = body.indexOf(marker, at + 1);
        }
        int digit = at + marker.length();
        char other = body.charAt(digit) == '0' ? '1' : '0';
        String forged = body.substring(0, digit) + other + body.substring(digit + 1);
        assertRefused(S3Error.SIGNATURE_DOES_NOT_MATCH, () -> plan.newReader().readStrict(bytes(forged)));
    }

    @Test
    void chunksCannotBeAlteredSwappedRepeatedOrLeftOut() {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED, 6);
        String a = "2;chunk-signature=" + signer.signChunk(ClientSigner.bytes("ab")) + "\r\nab\r\n";
        String b = "2;chunk-signature=" + signer.signChunk(ClientSigner.bytes("cd")) + "\r\ncd\r\n";
        String c = "2;chunk-signature=" + signer.signChunk(ClientSigner.bytes("ef")) + "\r\nef\r\n";
        String last = "0;chunk-signature=" + signer.signChunk(new byte[0]) + "\r\n\r\n";
        assertEquals(
                "abcdef", plan.newReader().readStrict(bytes(a + b + c + last)).utf8String());
        for (String forged : List.of(
                a.replace("ab", "aB") + b + c + last,
                b + a + c + last,
                a + a + c + last,
                a + c + b + last,
                a + b + b + last)) {
            assertRefused(
                    S3Error.SIGNATURE_DOES_NOT_MATCH, () -> plan.newReader().readStrict(bytes(forged)));
        }
        assertRefused(S3Error.INCOMPLETE_BODY, () -> plan.newReader().readStrict(bytes(a + b + c)));
        assertRefused(S3Error.INCOMPLETE_BODY, () -> plan.newReader().readStrict(bytes(a + b + last)));
        assertRefused(S3Error.INVALID_REQUEST, () -> plan.newReader().readStrict(bytes(a + b + c + last + "x")));
        assertRefused(S3Error.INVALID_REQUEST, () -> plan.newReader().readStrict(bytes("6\r\nabcdef\r\n0\r\n\r\n")));
        assertRefused(
                S3Error.INVALID_REQUEST, () -> plan.newReader().readStrict(bytes("6;chunk=x\r\nabcdef\r\n0\r\n\r\n")));
    }

    @Test
    void signedTrailersAreVerified() {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED_TRAILER, 5, TRAILER);
        String chunks = new String(signer.signedChunks(ClientSigner.bytes("hello"), 5), StandardCharsets.UTF_8);
        String trailer = "x-amz-checksum-crc32:" + HELLO_CRC32;
        String signature = "x-amz-trailer-signature:" + signer.signTrailers(trailer + "\n");
        for (String body : List.of(
                chunks + trailer + "\r\n" + signature + "\r\n\r\n",
                chunks + trailer + "\r\n" + signature + "\r\n",
                chunks + trailer + "\n\r\n" + signature + "\r\n\r\n")) {
            assertEquals("hello", plan.newReader().readStrict(bytes(body)).utf8String());
        }
        assertRefused(S3Error.SIGNATURE_DOES_NOT_MATCH, () -> plan.newReader()
                .readStrict(bytes(chunks + "x-amz-checksum-crc32:AAAAAA==\r\n" + signature + "\r\n\r\n")));
        for (String body : List.of(
                chunks + trailer + "\r\n\r\n",
                chunks + trailer + "\r\n",
                chunks + signature + "\r\n" + trailer + "\r\n\r\n",
                chunks + trailer + "\r\n" + signature + "\r\n" + signature + "\r\n\r\n",
                chunks + "\r\n")) {
            assertRefused(
                    S3Error.MALFORMED_TRAILER_ERROR, () -> plan.newReader().readStrict(bytes(body)));
        }
    }

    @Test
    void signedTrailersMayBeNone() {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED_TRAILER, 5);
        String chunks = new String(signer.signedChunks(ClientSigner.bytes("hello"), 5), StandardCharsets.UTF_8);
        String signature = "x-amz-trailer-signature:" + signer.signTrailers("");
        assertEquals(
                "hello", plan.newReader().readStrict(bytes(chunks + "\r\n")).utf8String());
        assertEquals(
                "hello",
                plan.newReader()
                        .readStrict(bytes(chunks + signature + "\r\n\r\n"))
                        .utf8String());
        assertRefused(S3Error.SIGNATURE_DOES_NOT_MATCH, () -> plan.newReader()
                .readStrict(bytes(chunks + "x-amz-trailer-signature:00\r\n\r\n")));
    }

    @Test
    void plainBodyIsHandedOnAsItCame() {
        ByteString body = bytes("hello");
        assertSame(body, Bodies.unsigned(5).newReader().readStrict(body));
    }

    private static AwsChunkedDecoder decoder(long length) {
        return new AwsChunkedDecoder(length, null, Set.of());
    }

    private static String unsigned(long length, String body, String... headers) {
        return Bodies.unsignedChunks(length, headers)
                .newReader()
                .readStrict(wire(body))
                .utf8String();
    }

    private static void refused(S3Error error, long length, String body, String... headers) {
        assertRefused(error, () -> unsigned(length, body, headers));
    }

    private static ByteString wire(String text) {
        return bytes(text.replace("~", "\r\n").replace("|", "\n"));
    }
}
