package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditions, ranges and headers of GET and HEAD, through the operations themselves. */
class ObjectReadingTest {
    private static final String TAG = "\"5d41402abc4b2a76b9719d911017c592\"";
    private static final String WRITTEN = "Mon, 23 Nov 2026 05:06:07 GMT";
    private static final String EARLIER = "Mon, 23 Nov 2026 05:06:06 GMT";

    private final Routes routes = new Routes("us-east-1");

    @BeforeEach
    void store() {
        routes.call("PUT", "/bucket");
        routes.call("PUT", "/bucket/key", "hello", "x-amz-meta-colour: red", "x-amz-meta-colour: blue");
        routes.call("PUT", "/bucket/empty", "");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    private int status(String... headers) {
        int[] statuses = new int[2];
        List<String> methods = List.of("GET", "HEAD");
        for (int i = 0; i < statuses.length; i++) {
            try {
                statuses[i] =
                        routes.call(methods.get(i), "/bucket/key", "", headers).status();
            } catch (S3Exception refusal) {
                statuses[i] = refusal.error().status();
            }
        }
        assertEquals(statuses[0], statuses[1], "GET and HEAD differ");
        return statuses[0];
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-Match: " + TAG + "|200",
                "If-Match: *|200",
                "If-Match: 5d41402abc4b2a76b9719d911017c592|200",
                "If-Match: \"other\", " + TAG + "|200",
                "If-Match: \"other\"|412",
                "If-None-Match: " + TAG + "|304",
                "If-None-Match: W/" + TAG + "|304",
                "If-None-Match: *|304",
                "If-None-Match: \"other\"|200",
                "If-Modified-Since: " + WRITTEN + "|304",
                "If-Modified-Since: " + EARLIER + "|200",
                "If-Modified-Since: Monday, 23-Nov-26 05:06:07 GMT|304",
                "If-Modified-Since: Mon Nov 23 05:06:07 2026|304",
                "If-Modified-Since: yesterday|200",
                "If-Unmodified-Since: " + WRITTEN + "|200",
                "If-Unmodified-Since: " + EARLIER + "|412",
                "If-Unmodified-Since: yesterday|200"
            })
    void aConditionDecides(String header, int status) {
        assertEquals(status, status(header));
    }

    @Test
    void tagsComeBeforeDates() {
        assertEquals(200, status("If-Match: " + TAG, "If-Unmodified-Since: " + EARLIER));
        assertEquals(200, status("If-None-Match: \"other\"", "If-Modified-Since: " + WRITTEN));
        assertEquals(304, status("If-None-Match: " + TAG, "If-Modified-Since: " + EARLIER));
        assertEquals(412, status("If-Match: \"other\"", "If-None-Match: " + TAG));
    }

    @Test
    void notModifiedTellsTagAndTimeAndHasNoBody() {
        S3Response answer = routes.call("GET", "/bucket/key", "", "If-None-Match: " + TAG);
        assertEquals(TAG, Routes.header(answer, "ETag"));
        assertEquals(WRITTEN, Routes.header(answer, "Last-Modified"));
        assertEquals(S3Response.NoBody.INSTANCE, answer.body());
    }

    @Test
    void aRangeIsAnsweredWithTheTotal() {
        S3Response answer = routes.call("GET", "/bucket/key", "", "Range: bytes=1-99");
        assertEquals(206, answer.status());
        assertEquals("bytes 1-4/5", Routes.header(answer, "Content-Range"));
        assertEquals("ello", Routes.text(answer));
        S3Response head = routes.call("HEAD", "/bucket/key", "", "Range: bytes=1-99");
        assertEquals(new S3Response.DescribedBody("binary/octet-stream", 4), head.body());
    }

    @ParameterizedTest
    @CsvSource({"key, bytes=5-, 5", "empty, bytes=0-, 0", "empty, bytes=-1, 0"})
    void aRangeOutsideIs416WithTheSize(String key, String range, String size) {
        S3Exception refusal =
                assertThrows(S3Exception.class, () -> routes.call("GET", "/bucket/" + key, "", "Range: " + range));
        assertEquals(S3Error.INVALID_RANGE, refusal.error());
        assertEquals(size, refusal.fields().get("ActualObjectSize"));
    }

    @Test
    void ifRangeVoidsTheRangeOfAnotherVersion() {
        assertEquals(206, status("Range: bytes=0-1", "If-Range: " + TAG));
        assertEquals(206, status("Range: bytes=0-1", "If-Range: " + WRITTEN));
        assertEquals(200, status("Range: bytes=0-1", "If-Range: \"other\""));
        assertEquals(200, status("Range: bytes=0-1", "If-Range: " + EARLIER));
    }

    @Test
    void theOnlyPartIsTheWholeObject() {
        S3Response answer = routes.call("GET", "/bucket/key?partNumber=1");
        assertEquals(206, answer.status());
        assertEquals("bytes 0-4/5", Routes.header(answer, "Content-Range"));
        assertEquals(200, routes.call("GET", "/bucket/empty?partNumber=1").status());
        S3Exception both = assertThrows(
                S3Exception.class, () -> routes.call("GET", "/bucket/key?partNumber=1", "", "Range: bytes=0-1"));
        assertEquals(S3Error.INVALID_REQUEST, both.error());
    }

    @Test
    void checksumsAreToldOnRequestAndNeverBesideAPart() {
        String mode = "x-amz-checksum-mode: ENABLED";
        S3Response whole = routes.call("GET", "/bucket/key", "", mode);
        assertTrue(!Routes.header(whole, "x-amz-checksum-crc64nvme").isEmpty());
        assertEquals("FULL_OBJECT", Routes.header(whole, "x-amz-checksum-type"));
        assertEquals("", Routes.header(routes.call("GET", "/bucket/key"), "x-amz-checksum-crc64nvme"));
        S3Response part = routes.call("GET", "/bucket/key", "", mode, "Range: bytes=0-1");
        assertEquals("", Routes.header(part, "x-amz-checksum-crc64nvme"));
    }

    @Test
    void repeatedMetadataIsJoined() {
        assertEquals("red,blue", Routes.header(routes.call("HEAD", "/bucket/key"), "x-amz-meta-colour"));
    }

    @Test
    void aPutAnswersTagAndChecksum() {
        S3Response answer = routes.call("PUT", "/bucket/new", "hello", "x-amz-checksum-crc32: NhCmhg==");
        assertEquals(TAG, Routes.header(answer, "ETag"));
        assertEquals("NhCmhg==", Routes.header(answer, "x-amz-checksum-crc32"));
        assertEquals("FULL_OBJECT", Routes.header(answer, "x-amz-checksum-type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-amz-storage-class: COLD", "x-amz-storage-class: standard"})
    void anUnknownStorageClassIsRefused(String header) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> routes.call("PUT", "/bucket/new", "x", header));
        assertEquals(S3Error.INVALID_STORAGE_CLASS, refusal.error());
    }

    @Test
    void conditionsOfPutsAreJudgedByTheStore() {
        assertEquals(
                200,
                routes.call("PUT", "/bucket/key", "hello", "If-Match: " + TAG).status());
        assertEquals(S3Error.PRECONDITION_FAILED, putRefusal("/bucket/key", "If-Match: \"other\""));
        assertEquals(S3Error.PRECONDITION_FAILED, putRefusal("/bucket/key", "If-None-Match: *"));
        assertEquals(S3Error.NO_SUCH_KEY, putRefusal("/bucket/none", "If-Match: \"other\""));
        assertEquals(
                200, routes.call("PUT", "/bucket/none", "", "If-None-Match: *").status());
    }

    private S3Error putRefusal(String target, String header) {
        return assertThrows(S3Exception.class, () -> routes.call("PUT", target, "x", header))
                .error();
    }

    @Test
    void theFramingOfATransferIsNoEncodingOfTheObject() {
        routes.call("PUT", "/bucket/zip", "x", "Content-Encoding: aws-chunked, gzip");
        assertEquals("gzip", Routes.header(routes.call("GET", "/bucket/zip"), "Content-Encoding"));
        routes.call("PUT", "/bucket/plain", "x", "Content-Encoding: aws-chunked");
        assertEquals("", Routes.header(routes.call("GET", "/bucket/plain"), "Content-Encoding"));
    }
}
