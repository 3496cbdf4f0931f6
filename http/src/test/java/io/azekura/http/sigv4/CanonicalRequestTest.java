package io.azekura.http.sigv4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.persistence.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spellings of a request that must agree, and those that must not. */
class CanonicalRequestTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String EMPTY = ClientSigner.EMPTY_SHA256;

    private final ClientSigner signer = new ClientSigner();
    private final Authenticator authenticator = Authenticator.ofAnyRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))));

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/b/a=b&c;d@e:f,g$ /b/a%3Db%26c%3Bd%40e%3Af%2Cg%24",
                "/b/%61 /b/a",
                "/b/%7e /b/~",
                "/b/a%2fb /b/a/b",
                "/b/!*'() /b/%21%2A%27%28%29",
                "/b/a+b /b/a%2Bb",
                "/b//a /b//a",
                "/b/./a /b/./a",
                "/b/%2e%2e/a /b/../a",
                "/b/%252F /b/%252F",
                "/b/%00 /b/%00",
                "/b/%ff%C0%80 /b/%FF%C0%80",
                "http://host:80/b/a%20b /b/a%20b"
            })
    void pathIsSignedByTheRulesOfS3(String sent, String signed) {
        assertAccepted(sent, signed, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/a=b", "/b/%61", "/b/a%2fb", "/b/a+b", "/b/!x", "/b/%7E"})
    void pathMayBeSignedAsSent(String sent) {
        assertAccepted(sent, sent, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a%20b /bucket/a+b",
                "a%2520b /bucket/a%20b",
                "a/../key /bucket/key",
                "%2e/key /bucket/key",
                "/key /bucket/key",
                "KEY /bucket/key",
                "e%CC%81 /bucket/%C3%A9",
                "key%20 /bucket/key",
                "key. /bucket/key"
            })
    void keysThatOnlyLookAlikeDiffer(String sentKey, String signed) {
        assertRefused("/bucket/" + sentKey, signed, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "b=2&a=1 a=1&b=2",
                "a=2&a=1 a=1&a=2",
                "a&b= a=&b=",
                "acl acl=",
                "prefix=a+b prefix=a%20b",
                "prefix=a%2bb prefix=a%2Bb",
                "prefix=a/b prefix=a%2Fb",
                "prefix=%C3%BC&max-keys=1 max-keys=1&prefix=%C3%BC",
                "a=b=c a=b%3Dc",
                "a-b=1&a=2 a=2&a-b=1",
                "&a=1&& a=1",
                "%61=1 a=1"
            })
    void queryIsDecodedSortedAndEncoded(String sent, String signed) {
        assertAccepted("/b/k?" + sent, "/b/k", signed);
    }

    @Test
    void plusInAQueryIsASpaceForSignerAndServerAlike() {
        assertRefused("/b/k?prefix=a+b", "/b/k", "prefix=a%2Bb");
        assertEquals(
                List.of(new QueryParameter("prefix", "a b"), new QueryParameter("q", "a+b")),
                new RawRequest("GET", "/b/k?prefix=a+b&q=a%2Bb", List.of()).query());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%+1", "/a?%", "/a?x=%f", "/a?x=%ff", "/a?x=%C0%80", "/é", "/a?é"})
    void brokenTargetsAreInvalid(String target) {
        S3Exception refusal = assertThrows(S3Exception.class, () -> new RawRequest("GET", target, List.of()));
        assertEquals(S3Error.INVALID_URI, refusal.error());
    }

    @Test
    void pathIsDecodedOnce() {
        assertEquals(Bytes.utf8("/b/%2F/../+ "), new RawRequest("GET", "/b/%252F/../+%20?/x", List.of()).path());
        assertEquals(Bytes.utf8("/"), new RawRequest("GET", "http://host", List.of()).path());
        assertEquals(Bytes.utf8("/"), new RawRequest("GET", "http://host?list-type=2", List.of()).path());
        assertEquals(Bytes.utf8("*"), new RawRequest("OPTIONS", "*", List.of()).path());
    }

    @Test
    void headerValuesAreTrimmedCollapsedAndJoined() {
        List<String> headers = new ArrayList<>(List.of(
                "Host: h",
                "X-Amz-Date: " + ClientSigner.NOW,
                "X-Amz-Content-Sha256: " + EMPTY,
                "x-amz-meta-a: one two,three four"));
        String authorization = signer.authorize("GET", EMPTY, headers);
        headers.set(3, "X-Amz-Meta-A:  one \t two ");
        headers.add("x-amz-meta-A: three    four");
        headers.add("Authorization: " + authorization);
        assertAccepted(ClientSigner.raw("GET", "/bucket/key", headers));
    }

    @Test
    void contentEncodingMayHaveBeenRenderedAnew() {
        List<String> headers = new ArrayList<>(List.of(
                "Host: h",
                "X-Amz-Date: " + ClientSigner.NOW,
                "X-Amz-Content-Sha256: " + EMPTY,
                "Content-Encoding: aws-chunked,gzip"));
        String authorization = signer.authorize("GET", EMPTY, headers);
        headers.set(3, "Content-Encoding: aws-chunked, gzip");
        headers.add("Authorization: " + authorization);
        assertAccepted(ClientSigner.raw("GET", "/bucket/key", headers));
    }

    @Test
    void noOtherHeaderMayBeRenderedAnew() {
        List<String> headers = new ArrayList<>(List.of(
                "Host: h",
                "X-Amz-Date: " + ClientSigner.NOW,
                "X-Amz-Content-Sha256: " + EMPTY,
                "x-amz-meta-a: b,c",
                "Content-Encoding: aws-chunked,gzip"));
        String authorization = signer.authorize("GET", EMPTY, headers);
        headers.set(3, "x-amz-meta-a: b, c");
        headers.set(4, "Content-Encoding: aws-chunked, gzip");
        headers.add("Authorization: " + authorization);
        assertInstanceOf(
                Authentication.Rejected.class,
                authenticator.authenticate(ClientSigner.raw("GET", "/bucket/key", headers), NOW));
    }

    @Test
    void unsignedBodyHashBesideAPresignedUrlIsStillVerified() {
        String target = signer.presign("PUT", "60", "host", "host:localhost:9000\n", "");
        RawRequest request =
                ClientSigner.raw("PUT", target, List.of("Host: localhost:9000", "x-amz-content-sha256: " + EMPTY));
        Authenticated put = assertInstanceOf(Authenticated.class, authenticator.authenticate(request, NOW));
        assertEquals(new PayloadSignature.Hashed(EMPTY), put.payload());
    }

    @Test
    void changedSecretsDoNotVerifyWithARememberedKey() {
        SecretKey[] current = {new SecretKey(ClientSigner.SECRET)};
        Authenticator rotating = Authenticator.ofAnyRegion(key -> java.util.Optional.of(current[0]));
        RawRequest request = signer.request("GET", EMPTY);
        assertInstanceOf(Authenticated.class, rotating.authenticate(request, NOW));
        assertInstanceOf(Authenticated.class, rotating.authenticate(request, NOW));
        current[0] = new SecretKey("another");
        assertInstanceOf(Authentication.Rejected.class, rotating.authenticate(request, NOW));
    }

    @Test
    void signingKeyCacheIsBounded() {
        SigningKeyCache cache = new SigningKeyCache();
        SecretKey secret = new SecretKey("s");
        for (int i = 0; i < 3 * SigningKeyCache.ENTRIES_MAX; i++) {
            CredentialScope scope = new CredentialScope("a", "20261123", "region-" + i, "s3", "aws4_request");
            cache.remember(secret, scope, cache.key(secret, scope));
            assertEquals(true, cache.size() <= SigningKeyCache.ENTRIES_MAX);
        }
    }

    @Test
    void secretsAreNotPrinted() {
        SecretKey secret = new SecretKey("top secret");
        assertEquals("SecretKey(redacted)", secret.toString());
        assertEquals(
                "Credentials[accessKey=a, secretKey=SecretKey(redacted)]", new Credentials("a", secret).toString());
        assertEquals(secret, new SecretKey("top secret"));
        assertNotEquals(secret, new SecretKey("top secreu"));
    }

    private void assertAccepted(String sent, String signedPath, String signedQuery) {
        assertAccepted(request(sent, signedPath, signedQuery));
    }

    private void assertAccepted(RawRequest request) {
        Authentication result = authenticator.authenticate(request, NOW);
        assertInstanceOf(Authenticated.class, result, result::toString);
    }

    private void assertRefused(String sent, String signedPath, String signedQuery) {
        Authentication result = authenticator.authenticate(request(sent, signedPath, signedQuery), NOW);
        Authentication.Rejected rejected = assertInstanceOf(Authentication.Rejected.class, result);
        assertEquals(S3Error.SIGNATURE_DOES_NOT_MATCH, rejected.refusal().error());
    }

    private RawRequest request(String sent, String signedPath, String signedQuery) {
        signer.canonicalPath = signedPath;
        signer.canonicalQuery = signedQuery;
        return new RawRequest("GET", sent, signer.request("GET", EMPTY).headers());
    }
}
