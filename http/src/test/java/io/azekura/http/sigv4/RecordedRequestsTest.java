package io.azekura.http.sigv4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Authentication.Rejected;
import io.azekura.http.sigv4.RecordedRequests.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordedRequestsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final Authenticator authenticator = Authenticator.ofAnyRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))));

    static List<Recorded> requests() {
        return RecordedRequests.all();
    }

    @Test
    void thereAreAsManyAsWereRecorded() {
        assertEquals(62, requests().size());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void isAccepted(Recorded recorded) {
        Authentication result = authenticator.authenticate(recorded.request(), NOW);
        Authenticated accepted = assertInstanceOf(Authenticated.class, result, result::toString);
        assertEquals(ClientSigner.ACCESS_KEY, accepted.accessKey());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anotherMethodIsRefused(Recorded recorded) {
        RawRequest request = recorded.request();
        String method = request.method().equals("DELETE") ? "PUT" : "DELETE";
        assertMismatch(new RawRequest(method, target(request), request.headers()));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anotherKeyOrBucketIsRefused(Recorded recorded) {
        RawRequest request = recorded.request();
        String target = target(request);
        assertMismatch(new RawRequest(request.method(), "/x" + target.substring(1), request.headers()));
        assertMismatch(new RawRequest(request.method(), "/" + target, request.headers()));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anAddedParameterIsRefused(Recorded recorded) {
        RawRequest request = recorded.request();
        for (String parameter : List.of("versionId=null", "acl", "uploadId=1", "partNumber=1", "x-id=GetObject")) {
            String separator = target(request).contains("?") ? "&" : "?";
            assertMismatch(
                    new RawRequest(request.method(), target(request) + separator + parameter, request.headers()));
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anotherHostIsRefused(Recorded recorded) {
        List<Header> headers = new ArrayList<>(recorded.request().headers());
        headers.replaceAll(header -> header.name().equals("Host") ? new Header("Host", "evil.example") : header);
        assertMismatch(new RawRequest(recorded.request().method(), target(recorded.request()), headers));
    }

    /** The target is put together again from raw path and decoded query, which means the same. */
    private static String target(RawRequest request) {
        StringBuilder target = new StringBuilder(request.rawPath());
        char separator = '?';
        for (QueryParameter parameter : request.query()) {
            target.append(separator)
                    .append(PercentCoding.canonicalQueryPart(parameter.name()))
                    .append('=')
                    .append(PercentCoding.canonicalQueryPart(parameter.value()));
            separator = '&';
        }
        return target.toString();
    }

    private void assertMismatch(RawRequest request) {
        Rejected rejected = assertInstanceOf(Rejected.class, authenticator.authenticate(request, NOW));
        assertEquals(S3Error.SIGNATURE_DOES_NOT_MATCH, rejected.refusal().error());
    }
}
