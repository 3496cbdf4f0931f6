package io.azekura.http.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.ClientSigner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class BodyPropertyTest {
    /** How one body ended. */
    private record Outcome(
            @Nullable ByteString data,
            @Nullable VerifiedBody verified,
            @Nullable String refusal) {}

    @Property(tries = 300)
    void signedBodyWithTrailerIsReadHoweverItIsChunkedAndSplit(
            @ForAll @Size(max = 3000) byte[] data,
            @ForAll @IntRange(min = 1, max = 1000) int chunk,
            @ForAll long seed) {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan =
                Bodies.signedChunks(signer, Bodies.SIGNED_TRAILER, data.length, "x-amz-trailer: x-amz-checksum-crc32");
        String trailer = "x-amz-checksum-crc32:" + crc32(data);
        ByteString wire = ByteString.fromArray(signer.signedChunks(data, chunk))
                .concat(Bodies.bytes(
                        trailer + "\r\nx-amz-trailer-signature:" + signer.signTrailers(trailer + "\n") + "\r\n\r\n"));
        Outcome outcome = outcome(plan, split(wire, new Random(seed)));
        assertEquals(ByteString.fromArray(data), outcome.data(), () -> String.valueOf(outcome.refusal()));
        assertEquals(outcome(plan, List.of(wire)), outcome);
    }

    @Property(tries = 300)
    void alteredSignedBodyIsRefusedOrMeansTheSame(
            @ForAll @Size(min = 1, max = 300) byte[] data,
            @ForAll @IntRange(min = 1, max = 100) int chunk,
            @ForAll long seed) {
        ClientSigner signer = new ClientSigner();
        BodyPlan plan = Bodies.signedChunks(signer, Bodies.SIGNED, data.length);
        byte[] wire = signer.signedChunks(data, chunk);
        Random random = new Random(seed);
        wire[random.nextInt(wire.length)] ^= (byte) (1 << random.nextInt(8));
        Outcome outcome = outcome(plan, split(ByteString.fromArray(wire), random));
        assertTrue(
                outcome.refusal() != null || ByteString.fromArray(data).equals(outcome.data()),
                () -> "accepted " + outcome.data());
    }

    @Property(tries = 1000)
    void garbageGivesTheSameRefusalHoweverItIsSplit(@ForAll("framings") String wire, @ForAll long seed) {
        BodyPlan plan = Bodies.unsignedChunks(5, "x-amz-trailer: x-amz-checksum-crc32");
        ByteString bytes = ByteString.fromString(wire);
        assertEquals(outcome(plan, List.of(bytes)), outcome(plan, split(bytes, new Random(seed))));
    }

    @Property(tries = 100)
    void neverMoreThanABoundIsHeldBack(@ForAll("starts") String start, @ForAll @IntRange(min = 1, max = 200) int size) {
        AwsChunkedDecoder decoder = new AwsChunkedDecoder(1L << 32, null, Set.of("x-amz-checksum-crc32"));
        int[] passed = {0};
        int fed = 0;
        try {
            decoder.decode(ByteString.fromString(start), data -> passed[0] += data.length());
            for (int i = 0; i < size; i++) {
                decoder.decode(ByteString.fromString("x".repeat(1000)), data -> passed[0] += data.length());
                fed += 1000;
            }
        } catch (S3Exception refused) {
            assertTrue(fed <= AwsChunkedDecoder.TRAILER_LINE_BYTES_MAX, "refused late");
            return;
        }
        int held = fed - passed[0];
        assertTrue(held <= AwsChunkedDecoder.TRAILER_LINE_BYTES_MAX, () -> held + " bytes held");
    }

    @Provide
    Arbitrary<String> starts() {
        return Arbitraries.of("", "5", "5;", "ffffffff\r\n", "100000000\r\n", "0\r\n", "1\r\nx");
    }

    @Provide
    Arbitrary<String> framings() {
        Arbitrary<String> pieces = Arbitraries.of(
                "5\r\n",
                "hello",
                "\r\n",
                "0\r\n",
                "1\r\n",
                "x",
                ";",
                ":",
                "\n",
                "\r",
                "x-amz-checksum-crc32:",
                "NhCmhg==",
                "ffffffff",
                "chunk-signature=",
                "x-amz-trailer-signature:",
                " ",
                "\u0000");
        return pieces.list().ofMaxSize(14).map(parts -> String.join("", parts));
    }

    private static Outcome outcome(BodyPlan plan, List<ByteString> pieces) {
        BodyReader reader = plan.newReader();
        ByteStringBuilder data = new ByteStringBuilder();
        try {
            for (ByteString piece : pieces) {
                reader.read(piece, data::append);
            }
            reader.finish();
        } catch (S3Exception e) {
            return new Outcome(null, null, e.getMessage());
        }
        return new Outcome(data.result(), reader.verified(), null);
    }

    private static List<ByteString> split(ByteString wire, Random random) {
        List<ByteString> pieces = new ArrayList<>();
        ByteString rest = wire;
        int most = 1 + random.nextInt(60);
        while (!rest.isEmpty()) {
            int length = Math.min(rest.length(), random.nextInt(most + 1));
            pieces.add(rest.take(length));
            rest = rest.drop(length);
        }
        return pieces;
    }

    private static String crc32(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
