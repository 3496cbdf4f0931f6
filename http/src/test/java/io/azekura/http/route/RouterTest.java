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

class RouterTest {
    private static final List<String> SUB_RESOURCES = List.of(
            "acl",
            "append",
            "attributes",
            "cors",
            "delete",
            "encryption",
            "inventory&id=1",
            "legal-hold",
            "lifecycle",
            "logging",
            "metrics&id=1",
            "notification",
            "object-lock",
            "ownershipControls",
            "partNumber=2&uploadId=u",
            "policy",
            "publicAccessBlock",
            "renameObject",
            "replication",
            "requestPayment",
            "restore",
            "retention",
            "select&select-type=2",
            "session",
            "tagging",
            "torrent",
            "uploadId=u",
            "uploads",
            "versionId=v",
            "versioning",
            "versions",
            "website",
            "no-such-thing-yet");

    private final Routes routes = new Routes("us-east-1");

    @BeforeEach
    void store() {
        routes.call("PUT", "/bucket");
        routes.call("PUT", "/bucket/key", "precious");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void noSubResourceFallsThroughToAWrite() {
        for (String subResource : SUB_RESOURCES) {
            for (String method : List.of("PUT", "DELETE", "POST", "PATCH", "OPTIONS")) {
                refused(method, "/bucket/key?" + subResource);
                refused(method, "/bucket?" + subResource);
            }
        }
        assertEquals("precious", Routes.text(routes.call("GET", "/bucket/key")));
    }

    @Test
    void noSubResourceFallsThroughToReadingTheObject() {
        for (String subResource : SUB_RESOURCES) {
            refused("HEAD", "/bucket/key?" + subResource);
            String answer;
            try {
                answer = Routes.text(routes.call("GET", "/bucket/key?" + subResource));
            } catch (S3Exception refusal) {
                continue;
            }
            assertTrue(answer.startsWith("<?xml"), subResource);
        }
    }

    private void refused(String method, String target) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> routes.call(method, target), method + " " + target);
        assertTrue(
                refusal.error() == S3Error.NOT_IMPLEMENTED || refusal.error() == S3Error.METHOD_NOT_ALLOWED,
                method + " " + target + " " + refusal.error());
    }

    @Test
    void anUnknownParameterIsIgnoredByReadsOnlyAndNotAsAFlag() {
        assertEquals("precious", Routes.text(routes.call("GET", "/bucket/key?cache=7&x-id=GetObject")));
        refused("GET", "/bucket/key?cache");
        refused("PUT", "/bucket/key?cache=7");
        assertEquals(
                200, routes.call("PUT", "/bucket/key?x-id=PutObject", "new").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-amz-server-side-encryption: AES256",
                "x-amz-server-side-encryption-customer-algorithm: AES256",
                "x-amz-object-lock-mode: GOVERNANCE",
                "x-amz-object-lock-legal-hold: ON",
                "x-amz-tagging: a=b",
                "x-amz-website-redirect-location: /",
                "x-amz-copy-source: /bucket/other",
                "x-amz-copy-source:",
                "x-amz-grant-read: id=x",
                "x-amz-acl: public-read",
                "x-amz-write-offset-bytes: 5",
                "x-amz-mfa: 1",
                "If-Modified-Since: Mon, 23 Nov 2026 00:00:00 GMT",
                "If-None-Match: \"tag\"",
                "If-Match: \"a\", \"b\""
            })
    void aHeaderThatAsksForWhatIsNotThereIsNotIgnored(String header) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> routes.call("PUT", "/bucket/key", "new", header));
        assertEquals(S3Error.NOT_IMPLEMENTED, refusal.error());
        assertEquals("precious", Routes.text(routes.call("GET", "/bucket/key")));
    }

    @Test
    void aFeatureAskedForInAPresignedQueryIsNotIgnoredEither() {
        refused("PUT", "/bucket/key?X-Amz-Tagging=a%3Db");
        refused("PUT", "/bucket/key?x-amz-copy-source=%2Fbucket%2Fother");
    }

    @Test
    void metadataFromAPresignedQueryIsKeptButNeverWithALineBreak() {
        routes.call("PUT", "/bucket/meta?x-amz-meta-Colour=red%20or%20blue", "x");
        assertEquals("red or blue", Routes.header(routes.call("HEAD", "/bucket/meta"), "x-amz-meta-colour"));
        for (String query : List.of("x-amz-meta-a=b%0D%0Ac", "x-amz-meta-a=%00", "x-amz-meta-a%0Ab=c")) {
            S3Exception refusal =
                    assertThrows(S3Exception.class, () -> routes.call("PUT", "/bucket/meta?" + query, "y"));
            assertEquals(S3Error.INVALID_ARGUMENT, refusal.error());
        }
        assertEquals("x", Routes.text(routes.call("GET", "/bucket/meta")));
    }

    @Test
    void conditionsOnDeletesAreNotIgnored() {
        S3Exception refusal =
                assertThrows(S3Exception.class, () -> routes.call("DELETE", "/bucket/key", "", "If-Match: \"other\""));
        assertEquals(S3Error.NOT_IMPLEMENTED, refusal.error());
        assertEquals("precious", Routes.text(routes.call("GET", "/bucket/key")));
    }

    @ParameterizedTest
    @CsvSource({
        "cors, NoSuchCORSConfiguration",
        "encryption, ServerSideEncryptionConfigurationNotFoundError",
        "lifecycle, NoSuchLifecycleConfiguration",
        "object-lock, ObjectLockConfigurationNotFoundError",
        "ownershipControls, OwnershipControlsNotFoundError",
        "policy, NoSuchBucketPolicy",
        "policyStatus, NoSuchBucketPolicy",
        "publicAccessBlock, NoSuchPublicAccessBlockConfiguration",
        "replication, ReplicationConfigurationNotFoundError",
        "tagging, NoSuchTagSet",
        "website, NoSuchWebsiteConfiguration"
    })
    void aConfigurationThatNobodySetIsNotFound(String subResource, String code) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> routes.call("GET", "/bucket?" + subResource));
        assertEquals(code, refusal.error().code());
        assertEquals(404, refusal.error().status());
        S3Exception first = assertThrows(S3Exception.class, () -> routes.call("GET", "/none?" + subResource));
        assertEquals(S3Error.NO_SUCH_BUCKET, first.error());
    }

    @ParameterizedTest
    @CsvSource({
        "accelerate, AccelerateConfiguration",
        "acl, FULL_CONTROL",
        "location, LocationConstraint",
        "logging, BucketLoggingStatus",
        "notification, NotificationConfiguration",
        "requestPayment, <Payer>BucketOwner</Payer>",
        "versioning, VersioningConfiguration"
    })
    void aConfigurationWithADefaultIsToldByIt(String subResource, String part) {
        assertTrue(Routes.text(routes.call("GET", "/bucket?" + subResource)).contains(part));
    }

    @Test
    void configurationsOfObjectsNeedTheObject() {
        assertTrue(Routes.text(routes.call("GET", "/bucket/key?acl")).contains("FULL_CONTROL"));
        assertTrue(Routes.text(routes.call("GET", "/bucket/key?tagging")).contains("<TagSet></TagSet>"));
        for (String subResource : List.of("acl", "tagging", "retention", "legal-hold")) {
            S3Exception refusal =
                    assertThrows(S3Exception.class, () -> routes.call("GET", "/bucket/none?" + subResource));
            assertEquals(S3Error.NO_SUCH_KEY, refusal.error());
        }
    }
}
