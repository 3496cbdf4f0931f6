package io.azekura.http.body;

import static io.azekura.http.body.Bodies.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.azekura.http.body.BodyPlan.AbsentChecksum;
import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.ClientSigner;
import io.azekura.http.sigv4.PayloadSignature;
import io.azekura.http.sigv4.PayloadSignature.Unsigned;
import io.azekura.http.sigv4.PayloadSignature.UnsignedChunks;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before the first byte of a body. */
class BodyPlanTest {
    private static final PayloadSignature PLAIN = Unsigned.INSTANCE;
    private static final PayloadSignature CHUNKS = UnsignedChunks.INSTANCE;

    @Test
    void bodyNeedsALength() {
        assertRefused(S3Error.MISSING_CONTENT_LENGTH, () -> Bodies.plan(PLAIN));
        assertRefused(S3Error.MISSING_CONTENT_LENGTH, () -> Bodies.plan(PLAIN, "transfer-encoding: chunked"));
        assertRefused(S3Error.MISSING_CONTENT_LENGTH, () -> Bodies.plan(PLAIN, "x-amz-decoded-content-length: 5"));
        assertRefused(S3Error.MISSING_CONTENT_LENGTH, () -> Bodies.plan(CHUNKS, "content-length: 5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+5", "0x5", "5,5", "", "abc", "5.0", "1e3", "٣"})
    void lengthMustBeANumber(String length) {
        assertRefused(S3Error.INVALID_ARGUMENT, () -> Bodies.plan(PLAIN, "content-length: " + length));
        assertRefused(S3Error.INVALID_ARGUMENT, () -> Bodies.plan(CHUNKS, "x-amz-decoded-content-length: " + length));
    }

    @Test
    void lengthMustBeGivenOnce() {
        assertRefused(
                S3Error.INVALID_ARGUMENT,
                () -> Bodies.plan(CHUNKS, "x-amz-decoded-content-length: 5", "x-amz-decoded-content-length: 5"));
    }

    @Test
    void lengthIsAtMostFiveGibibytes() {
        assertEquals(5_368_709_120L, Bodies.unsigned(5_368_709_120L).length());
        assertRefused(S3Error.ENTITY_TOO_LARGE, () -> Bodies.unsigned(5_368_709_121L));
        assertRefused(S3Error.ENTITY_TOO_LARGE, () -> Bodies.unsignedChunks(Long.MAX_VALUE));
        assertRefused(S3Error.ENTITY_TOO_LARGE, () -> Bodies.plan(PLAIN, "content-length: 99999999999999999999999999"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "XUFAKrxLKna5cZ2REBfFkg",
                "XUFAKrxLKna5cZ2REBfFk===",
                "XUFAKrxLKna5cZ2REBfFkg==,XUFAKrxLKna5cZ2REBfFkg==",
                "5d41402abc4b2a76b9719d911017c592",
                "AAAA",
                "XUFAKrxLKna5cZ2REBfFkgAA"
            })
    void malformedContentMd5IsInvalidDigest(String value) {
        assertRefused(S3Error.INVALID_DIGEST, () -> Bodies.unsigned(5, "content-md5: " + value));
    }

    @Test
    void contentMd5MustBeGivenOnce() {
        String md5 = "content-md5: XUFAKrxLKna5cZ2REBfFkg==";
        assertRefused(S3Error.INVALID_DIGEST, () -> Bodies.unsigned(5, md5, md5));
    }

    @ParameterizedTest
    @CsvSource({
        "crc32, AAAA",
        "crc32, AAAAAA",
        "crc32, AAAAAAAA",
        "crc32, 4QHyaA=",
        "crc32, 3610a686",
        "crc32c, ****",
        "crc64nvme, AAAAAA==",
        "crc64nvme, AAAAAAAAAAAAAAAA",
        "sha1, AAAAAA==",
        "sha1, aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        "sha256, AAAAAA==",
        "sha256, ''"
    })
    void malformedChecksumIsInvalid(String algorithm, String value) {
        assertEquals(
                "Value for x-amz-checksum-" + algorithm + " header is invalid.",
                assertRefused(
                                S3Error.INVALID_REQUEST,
                                () -> Bodies.unsigned(5, "X-Amz-Checksum-" + algorithm + ": " + value))
                        .text());
    }

    @Test
    void onlyOneChecksumMayBeSent() {
        String crc32 = "x-amz-checksum-crc32: AAAAAA==";
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, crc32, "x-amz-checksum-crc32c: AAAAAA=="));
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, crc32, crc32));
        assertRefused(
                S3Error.INVALID_REQUEST, () -> Bodies.unsignedChunks(0, crc32, "x-amz-trailer: x-amz-checksum-crc32"));
        assertRefused(
                S3Error.INVALID_REQUEST,
                () -> Bodies.unsignedChunks(0, "x-amz-trailer: x-amz-checksum-crc32, x-amz-checksum-sha1"));
        assertRefused(
                S3Error.INVALID_REQUEST,
                () -> Bodies.unsignedChunks(
                        0, "x-amz-trailer: x-amz-checksum-crc32", "x-amz-trailer: x-amz-checksum-crc32"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "Host",
                "content-length",
                "x-amz-meta-a",
                "x-amz-date",
                "",
                ",",
                "x-amz-checksum-crc32,",
                "x-amz-checksum-algorithm",
                "x-amz-trailer-signature",
                "x-amz-checksum-"
            })
    void onlyChecksumsMayBeTrailers(String trailer) {
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsignedChunks(0, "x-amz-trailer: " + trailer));
    }

    @Test
    void trailerNeedsABodyThatCanHaveOne() {
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, "x-amz-trailer: x-amz-checksum-crc32"));
        assertRefused(
                S3Error.INVALID_REQUEST,
                () -> Bodies.signedChunks(new ClientSigner(), Bodies.SIGNED, 0, "x-amz-trailer: x-amz-checksum-crc32"));
    }

    @Test
    void unknownAlgorithmsAreRefusedAndNeverIgnored() {
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, "x-amz-checksum-crc16: AAA="));
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, "x-amz-checksum-: AAA="));
        for (String algorithm : List.of("md5", "sha512", "xxhash64", "xxhash3", "xxhash128")) {
            assertRefused(S3Error.NOT_IMPLEMENTED, () -> Bodies.unsigned(0, "x-amz-checksum-" + algorithm + ": AAAA"));
            assertRefused(
                    S3Error.NOT_IMPLEMENTED,
                    () -> Bodies.unsignedChunks(0, "x-amz-trailer: x-amz-checksum-" + algorithm));
        }
    }

    @Test
    void announcedAlgorithmMustBeTheOneSent() {
        String crc32 = "x-amz-checksum-crc32: AAAAAA==";
        assertEquals(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32,"
                        + " CRC32C, CRC64NVME, SHA1, SHA256]",
                assertRefused(
                                S3Error.INVALID_REQUEST,
                                () -> Bodies.unsigned(0, crc32, "x-amz-sdk-checksum-algorithm: CRC16"))
                        .text());
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, crc32, "x-amz-sdk-checksum-algorithm: SHA256"));
        assertRefused(S3Error.INVALID_REQUEST, () -> Bodies.unsigned(0, "x-amz-sdk-checksum-algorithm: CRC32"));
        assertEquals(
                Algorithm.CRC32,
                Bodies.unsigned(0, crc32, "x-amz-sdk-checksum-algorithm: crc32").algorithm());
    }

    @Test
    void headersAboutChecksumsAreNoChecksums() {
        BodyPlan plan = Bodies.unsigned(
                0,
                "x-amz-checksum-mode: ENABLED",
                "x-amz-checksum-type: FULL_OBJECT",
                "x-amz-checksum-algorithm: SHA1");
        assertNull(plan.claimed());
    }

    @Test
    void absentChecksumIsComputedOrLeftOut() {
        assertEquals(Algorithm.CRC64NVME, Bodies.unsigned(0).algorithm());
        assertNull(BodyPlan.of(
                        ClientSigner.raw("PUT", "/b/k", List.of("content-length: 0")), PLAIN, AbsentChecksum.LEAVE_OUT)
                .algorithm());
        assertEquals(
                Algorithm.SHA1,
                Bodies.unsignedChunks(0, "x-amz-trailer: X-Amz-Checksum-SHA1").algorithm());
    }

    @Test
    void transferCodingIsNotStored() {
        assertEquals(Optional.empty(), BodyPlan.storedContentEncoding("aws-chunked"));
        assertEquals(Optional.of("gzip"), BodyPlan.storedContentEncoding("aws-chunked,gzip"));
        assertEquals(Optional.of("gzip"), BodyPlan.storedContentEncoding("gzip, AWS-chunked"));
        assertEquals(Optional.of("gzip,br"), BodyPlan.storedContentEncoding("gzip, aws-chunked,br"));
        assertEquals(Optional.of("identity"), BodyPlan.storedContentEncoding("identity"));
    }
}
