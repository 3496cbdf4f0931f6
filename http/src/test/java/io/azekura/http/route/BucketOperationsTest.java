package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketOperationsTest {
    private static final String LOCATION =
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>%</LocationConstraint></CreateBucketConfiguration>";

    private final Routes routes = new Routes("eu-west-7");

    @AfterEach
    void close() {
        routes.close();
    }

    private static S3Error refusal(Supplier<S3Response> call) {
        return assertThrows(S3Exception.class, call::get).error();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eu-west-7", "us-east-1"})
    void theLocationMayBeThisRegionOrTheOldestOne(String location) {
        S3Response created = routes.call("PUT", "/bucket", LOCATION.replace("%", location));
        assertEquals(200, created.status());
        assertEquals("/bucket", Routes.header(created, "Location"));
    }

    @Test
    void anotherLocationIsRefusedAndNothingIsMade() {
        assertEquals(
                S3Error.ILLEGAL_LOCATION_CONSTRAINT_EXCEPTION,
                refusal(() -> routes.call("PUT", "/bucket", LOCATION.replace("%", "ap-south-1"))));
        assertEquals(S3Error.NO_SUCH_BUCKET, refusal(() -> routes.call("HEAD", "/bucket")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "<a/>", "<CreateBucketConfiguration>", "<!DOCTYPE a><CreateBucketConfiguration/>"})
    void anotherDocumentIsMalformed(String document) {
        assertEquals(S3Error.MALFORMED_XML, refusal(() -> routes.call("PUT", "/bucket", document)));
    }

    @Test
    void whatTheConfigurationAsksBesidesIsNotIgnored() {
        assertEquals(
                S3Error.NOT_IMPLEMENTED,
                refusal(() -> routes.call(
                        "PUT", "/bucket", "<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>")));
    }

    @Test
    void anOwnBucketExistsAlreadyExceptInTheOldestRegion() {
        routes.call("PUT", "/bucket");
        assertEquals(S3Error.BUCKET_ALREADY_OWNED_BY_YOU, refusal(() -> routes.call("PUT", "/bucket")));
        try (Routes oldest = new Routes("us-east-1")) {
            oldest.call("PUT", "/bucket");
            assertEquals(200, oldest.call("PUT", "/bucket").status());
        }
    }

    @Test
    void theLocationIsTheRegionButEmptyForTheOldestOne() {
        routes.call("PUT", "/bucket");
        assertTrue(Routes.text(routes.call("GET", "/bucket?location")).contains(">eu-west-7</LocationConstraint>"));
        try (Routes oldest = new Routes("us-east-1")) {
            oldest.call("PUT", "/bucket");
            assertTrue(Routes.text(oldest.call("GET", "/bucket?location")).contains("\"></LocationConstraint>"));
        }
    }

    @Test
    void onlyEmptyBucketsAreDeleted() {
        routes.call("PUT", "/bucket");
        routes.call("PUT", "/bucket/key", "x");
        assertEquals(S3Error.BUCKET_NOT_EMPTY, refusal(() -> routes.call("DELETE", "/bucket")));
        routes.call("DELETE", "/bucket/key");
        assertEquals(204, routes.call("DELETE", "/bucket").status());
        assertEquals(S3Error.NO_SUCH_BUCKET, refusal(() -> routes.call("DELETE", "/bucket")));
    }

    @Test
    void bucketsAreListedByPagesAndPrefix() {
        for (String name : new String[] {"alpha", "beta-1", "beta-2", "gamma"}) {
            routes.call("PUT", "/" + name);
        }
        String first = Routes.text(routes.call("GET", "/?max-buckets=1&prefix=beta"));
        assertTrue(first.contains("<Name>beta-1</Name>"), first);
        assertTrue(first.contains("<ContinuationToken>beta-1</ContinuationToken>"), first);
        String second = Routes.text(routes.call("GET", "/?max-buckets=1&prefix=beta&continuation-token=beta-1"));
        assertTrue(second.contains("<Name>beta-2</Name>"), second);
        assertTrue(!second.contains("ContinuationToken"), second);
        assertEquals(S3Error.INVALID_ARGUMENT, refusal(() -> routes.call("GET", "/?max-buckets=0")));
    }
}
