package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    private final Routes routes = new Routes("us-east-1");

    @BeforeEach
    void store() {
        routes.call("PUT", "/bucket");
        routes.call("PUT", "/bucket/a%26b", "hello");
        routes.call("PUT", "/bucket/c%00", "");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    private String list(String query) {
        return Routes.text(routes.call("GET", "/bucket?" + query));
    }

    @Test
    void anObjectIsDescribedAsClientsExpect() {
        String page = list("list-type=2");
        assertTrue(
                page.contains("<Contents><Key>a&amp;b</Key><LastModified>2026-11-23T05:06:07.089Z</LastModified>"
                        + "<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag>"
                        + "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
                        + "<Size>5</Size><StorageClass>STANDARD</StorageClass></Contents>"),
                page);
        assertTrue(page.contains("<Key>c&#x0;</Key>"), page);
        assertTrue(
                page.contains("<Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><KeyCount>2</KeyCount>"
                        + "<IsTruncated>false</IsTruncated>"),
                page);
    }

    @Test
    void encodedListingsEscapeWhatXmlCannotSay() {
        String page = list("list-type=2&encoding-type=url&prefix=c&delimiter=%2B");
        assertTrue(page.contains("<Key>c%00</Key>"), page);
        assertTrue(page.contains("<Delimiter>%2B</Delimiter><EncodingType>url</EncodingType>"), page);
    }

    @Test
    void theOwnerIsToldOnRequestAndAlwaysByTheFirstGeneration() {
        assertFalse(list("list-type=2").contains("<Owner>"));
        assertTrue(list("list-type=2&fetch-owner=true").contains("<Owner><ID>" + Owner.ID));
        assertTrue(list("").contains("<Owner>"));
    }

    @Test
    void listingsStartAfterAKey() {
        String page = list("list-type=2&start-after=a%26b");
        assertTrue(page.contains("<KeyCount>1</KeyCount>"), page);
        assertTrue(page.contains("<StartAfter>a&amp;b</StartAfter>"), page);
    }

    @Test
    void noKeysMayBeAskedForButTheBucketMustExist() {
        assertTrue(list("list-type=2&max-keys=0").contains("<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>"));
        S3Exception refusal = assertThrows(S3Exception.class, () -> routes.call("GET", "/none?list-type=2&max-keys=0"));
        assertEquals(S3Error.NO_SUCH_BUCKET, refusal.error());
        assertTrue(list("max-keys=2147483647").contains("<MaxKeys>1000</MaxKeys>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list-type=2&max-keys=-1",
                "list-type=2&max-keys=2147483648",
                "max-keys=x",
                "list-type=3",
                "encoding-type=base64",
                "list-type=2&continuation-token=",
                "list-type=2&continuation-token=AQ",
                "list-type=2&continuation-token=%21",
                "list-type=2&prefix=a&prefix=b"
            })
    void argumentsThatMakeNoSenseAreRefused(String query) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> list(query));
        assertEquals(S3Error.INVALID_ARGUMENT, refusal.error());
    }
}
