package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/bucket, /bucket",
        "/bucket/, /bucket",
        "/bucket/key, /bucket/key",
        "/bucket//, /bucket//",
        "/bucket/../other/key, /bucket/../other/key",
        "/bucket/./a, /bucket/./a"
    })
    void thePathIsTakenLiterally(String path, String resource) {
        assertEquals(resource, Target.of(Bytes.utf8(path), null).resource());
    }

    @Test
    void theHostsBucketLeavesThePathToTheKey() {
        assertEquals(
                "/bucket/other/key",
                Target.of(Bytes.utf8("/other/key"), "bucket").resource());
        assertEquals("/bucket", Target.of(Bytes.utf8("/"), "bucket").resource());
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "//key", "/Bucket/key", "/192.168.0.1/key", "/ab", "/../key", "/a..b/key"})
    void namesThatNoBucketCanHaveAreRefused(String path) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> Target.of(Bytes.utf8(path), null));
        assertEquals(S3Error.INVALID_BUCKET_NAME, refusal.error());
    }

    @ParameterizedTest
    @CsvSource({
        "bucket.localhost, bucket",
        "bucket.localhost:9000, bucket",
        "BUCKET.Localhost, bucket",
        "a.b.s3.example, a.b"
    })
    void aHostBelowADomainNamesTheBucket(String host, String bucket) {
        assertEquals(bucket, Target.virtualBucket(host, List.of("localhost", "s3.example")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:9000",
                ".localhost",
                "127.0.0.1",
                "[::1]:9000",
                "s3.example",
                "xlocalhost",
                "other",
                ""
            })
    void everyOtherHostMeansPathStyle(String host) {
        assertNull(Target.virtualBucket(host, List.of("localhost", "s3.example")));
    }
}
