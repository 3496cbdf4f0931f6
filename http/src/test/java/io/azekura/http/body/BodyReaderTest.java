package io.azekura.http.body;

import static io.azekura.http.body.Bodies.assertRefused;
import static io.azekura.http.body.Bodies.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.util.ByteString;
import io.azekura.http.body.BodyPlan.AbsentChecksum;
import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.ClientSigner;
import io.azekura.http.sigv4.PayloadSignature.Hashed;
import io.azekura.http.sigv4.PayloadSignature.Unsigned;
import io.azekura.http.sigv4.RecordedRequests;
import io.azekura.http.sigv4.RecordedRequests.Recorded;
import io.azekura.persistence.model.Checksum;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Digests of bodies. The values were computed with other programs: md5sum, sha1sum, sha256sum, Python's zlib. */
class BodyReaderTest {
    private static final String HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592";

    @ParameterizedTest
    @CsvSource({
        "CRC32, NhCmhg==",
        "CRC32C, mnG7TA==",
        "CRC64NVME, M3eFcAZSQlc=",
        "SHA1, qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        "SHA256, LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    })
    void checksumIsVerifiedAndKept(Algorithm algorithm, String base64) {
        String name = "x-amz-checksum-" + algorithm.name().toLowerCase(Locale.ROOT);
        VerifiedBody header = read(Bodies.unsigned(5, name + ": " + base64), "hello");
        VerifiedBody trailer = read(
                Bodies.unsignedChunks(5, "x-amz-trailer: " + name),
                "5\r\nhello\r\n0\r\n" + name + ":" + base64 + "\r\n\r\n");
        VerifiedBody expected =
                new VerifiedBody(5, HELLO_MD5, List.of(new Checksum(algorithm, Checksum.Type.FULL_OBJECT, base64)));
        assertEquals(expected, header);
        assertEquals(expected, trailer);
        assertEquals(
                "The " + algorithm + " you specified did not match the calculated checksum.",
                assertRefused(S3Error.BAD_DIGEST, () -> read(Bodies.unsigned(5, name + ": " + base64), "jello"))
                        .text());
    }

    @Test
    void crc64NvmeIsAddedWhenNoChecksumIsSent() {
        assertEquals(
                List.of(new Checksum(Algorithm.CRC64NVME, Checksum.Type.FULL_OBJECT, "rosUhgp5mIg=")),
                read(Bodies.unsigned(9), "123456789").checksums());
        assertEquals(
                List.of(new Checksum(Algorithm.CRC64NVME, Checksum.Type.FULL_OBJECT, "AAAAAAAAAAA=")),
                read(Bodies.unsigned(0), "").checksums());
    }

    @Test
    void noChecksumIsAddedWhenNoneIsWanted() {
        BodyPlan plan = BodyPlan.of(
                ClientSigner.raw("PUT", "/b/k", List.of("content-length: 5")),
                Unsigned.INSTANCE,
                AbsentChecksum.LEAVE_OUT);
        assertEquals(new VerifiedBody(5, HELLO_MD5, List.of()), read(plan, "hello"));
    }

    @Test
    void contentMd5IsVerified() {
        String md5 = "content-md5: XUFAKrxLKna5cZ2REBfFkg==";
        assertEquals(HELLO_MD5, read(Bodies.unsigned(5, md5), "hello").etag());
        assertRefused(S3Error.BAD_DIGEST, () -> read(Bodies.unsigned(5, md5), "jello"));
    }

    @Test
    void signedHashIsVerifiedInEitherCase() {
        String sha256 = ClientSigner.sha256(ClientSigner.bytes("hello"));
        for (String hash : List.of(sha256, sha256.toUpperCase(Locale.ROOT))) {
            BodyPlan plan = Bodies.plan(new Hashed(hash), "content-length: 5");
            assertEquals(HELLO_MD5, read(plan, "hello").etag());
            assertRefused(S3Error.X_AMZ_CONTENT_SHA256_MISMATCH, () -> read(plan, "jello"));
        }
    }

    @Test
    void lengthIsVerified() {
        assertRefused(S3Error.INCOMPLETE_BODY, () -> read(Bodies.unsigned(6), "hello"));
        assertRefused(S3Error.INCOMPLETE_BODY, () -> read(Bodies.unsigned(4), "hello"));
        assertRefused(S3Error.INCOMPLETE_BODY, () -> read(Bodies.unsigned(0), "hello"));
    }

    @Test
    void nothingIsVerifiedBeforeTheEnd() {
        BodyReader reader = Bodies.unsigned(5).newReader();
        reader.read(bytes("hello"), data -> {});
        assertThrows(IllegalStateException.class, reader::verified);
        reader.finish();
        assertEquals(5, reader.verified().length());
    }

    @Test
    void bodyLargerThanACellHasTheRightDigests() {
        ByteString body = ByteString.fromArray(new byte[1_000_001]);
        BodyReader reader =
                Bodies.unsigned(body.length(), "x-amz-checksum-crc32: xacoBQ==").newReader();
        reader.readStrict(body.take(17).concat(body.drop(17)));
        assertEquals("7583d758db9af5739a444af5401ec27d", reader.verified().etag());
    }

    static List<Recorded> uploads() {
        return RecordedRequests.all().stream()
                .filter(recorded -> recorded.request().method().equals("PUT"))
                .filter(recorded -> !recorded.request().values("content-length").isEmpty()
                        || !recorded.request()
                                .values("x-amz-decoded-content-length")
                                .isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("uploads")
    void recordedUploadIsReadWhole(Recorded recorded) {
        BodyPlan plan =
                BodyPlan.of(recorded.request(), Bodies.payload(recorded.request()), AbsentChecksum.COMPUTE_CRC64NVME);
        BodyReader reader = plan.newReader();
        ByteString data = reader.readStrict(ByteString.fromArray(recorded.body().array()));
        assertEquals(plan.length(), data.length());
        assertEquals(1, reader.verified().checksums().size());
    }

    @Test
    void recordedUploadsHaveBothForms() {
        assertEquals(true, uploads().size() > 15);
        assertEquals(true, uploads().stream().anyMatch(r -> !r.request()
                .values("x-amz-trailer")
                .isEmpty()));
    }

    private static VerifiedBody read(BodyPlan plan, String body) {
        BodyReader reader = plan.newReader();
        reader.readStrict(bytes(body));
        return reader.verified();
    }
}
