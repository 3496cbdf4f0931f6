package io.azekura.http.sigv4;

import static io.azekura.http.error.S3Error.ACCESS_DENIED;
import static io.azekura.http.error.S3Error.AUTHORIZATION_HEADER_MALFORMED;
import static io.azekura.http.error.S3Error.AUTHORIZATION_QUERY_PARAMETERS_ERROR;
import static io.azekura.http.error.S3Error.INVALID_ACCESS_KEY_ID;
import static io.azekura.http.error.S3Error.INVALID_ARGUMENT;
import static io.azekura.http.error.S3Error.INVALID_REQUEST;
import static io.azekura.http.error.S3Error.INVALID_TOKEN;
import static io.azekura.http.error.S3Error.NOT_IMPLEMENTED;
import static io.azekura.http.error.S3Error.REQUEST_TIME_TOO_SKEWED;
import static io.azekura.http.error.S3Error.SIGNATURE_DOES_NOT_MATCH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Authentication.Rejected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not get in, and which of Amazon's codes it is told. */
class AuthenticatorRefusalTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String EMPTY = ClientSigner.EMPTY_SHA256;
    private static final List<String> STREAMS = List.of(
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");

    private final ClientSigner signer = new ClientSigner();
    private final Authenticator authenticator = Authenticator.ofAnyRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))));

    @Test
    void controlIsAccepted() {
        assertAccepted(signer.request("PUT", EMPTY, "x-amz-acl: private"), NOW);
        assertAccepted(get(signer.presign("GET", "60", "host", "host:localhost:9000\n", "")), NOW);
    }

    @Test
    void everyFlippedDigitOfTheSignatureIsRefused() {
        RawRequest good = signer.request("GET", EMPTY);
        String presigned = signer.presign("GET", "60", "host", "host:localhost:9000\n", "");
        for (int i = 0; i < 64; i++) {
            for (int bit = 0; bit < 4; bit++) {
                assertRefused(
                        SIGNATURE_DOES_NOT_MATCH, withAuthorization(good, flip(authorization(good), 64 - i, bit)));
                assertRefused(SIGNATURE_DOES_NOT_MATCH, get(flip(presigned, 64 - i, bit)));
            }
        }
    }

    @Test
    void signatureOfAnotherLengthOrCaseIsRefused() {
        RawRequest good = signer.request("GET", EMPTY);
        String header = authorization(good);
        String prefix = header.substring(0, header.length() - 64);
        for (String signature : List.of(
                signer.signature.substring(1),
                signer.signature + "0",
                signer.signature.toUpperCase(Locale.ROOT),
                "x",
                "é".repeat(64))) {
            assertRefused(SIGNATURE_DOES_NOT_MATCH, withAuthorization(good, prefix + signature));
        }
    }

    static Stream<Arguments> signers() {
        return Stream.of(
                signing(SIGNATURE_DOES_NOT_MATCH, s -> s.secret = "wrong"),
                signing(SIGNATURE_DOES_NOT_MATCH, s -> s.secret = ""),
                signing(INVALID_ACCESS_KEY_ID, s -> s.accessKey = "AKIAUNKNOWN"),
                signing(INVALID_ACCESS_KEY_ID, s -> s.accessKey = "akiaiosfodnn7example"),
                signing(INVALID_ACCESS_KEY_ID, s -> s.accessKey = ClientSigner.ACCESS_KEY + "/x"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.date = "20261122"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.date = "2026112"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.service = "ec2"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.service = "S3"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.terminator = "aws4_reques"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.terminator = "AWS4_REQUEST"),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.region = ""),
                signing(AUTHORIZATION_HEADER_MALFORMED, s -> s.accessKey = ""));
    }

    @ParameterizedTest
    @MethodSource("signers")
    void wrongKeysAndScopesAreRefused(S3Error error, Consumer<ClientSigner> change) {
        change.accept(signer);
        assertRefused(error, signer.request("GET", EMPTY));
    }

    @ParameterizedTest
    @MethodSource("signers")
    void wrongKeysAndScopesOfPresignedUrlsAreRefused(S3Error error, Consumer<ClientSigner> change) {
        change.accept(signer);
        S3Error expected = error == AUTHORIZATION_HEADER_MALFORMED ? AUTHORIZATION_QUERY_PARAMETERS_ERROR : error;
        assertRefused(expected, get(signer.presign("GET", "60", "host", "host:localhost:9000\n", "")));
    }

    @Test
    void anotherRegionIsToldTheRightOne() {
        Authenticator european = Authenticator.ofRegion(
                CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))),
                "eu-central-1");
        Rejected header = assertInstanceOf(Rejected.class, european.authenticate(signer.request("GET", EMPTY), NOW));
        assertEquals(AUTHORIZATION_HEADER_MALFORMED, header.refusal().error());
        assertEquals(
                "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
                header.refusal().text());
        assertEquals(Map.of("Region", "eu-central-1"), header.refusal().fields());
        Rejected query = assertInstanceOf(
                Rejected.class,
                european.authenticate(get(signer.presign("GET", "60", "host", "host:localhost:9000\n", "")), NOW));
        assertEquals(AUTHORIZATION_QUERY_PARAMETERS_ERROR, query.refusal().error());
        assertEquals(Map.of("Region", "eu-central-1"), query.refusal().fields());
    }

    @Test
    void clockMayBeFifteenMinutesOffAndNoMore() {
        RawRequest request = signer.request("GET", EMPTY);
        assertAccepted(request, NOW.plusSeconds(900));
        assertAccepted(request, NOW.minusSeconds(900));
        assertRefused(REQUEST_TIME_TOO_SKEWED, request, NOW.plusSeconds(901));
        assertRefused(REQUEST_TIME_TOO_SKEWED, request, NOW.minusSeconds(901));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20261123",
                "20261123T120000",
                "20261123T120000z",
                "20261323T120000Z",
                "20261123T250000Z",
                "2026-11-23T12:00:00Z",
                "20261123T12000٣Z",
                "Mon, 23 Nov 2026 12:00:00 GMT"
            })
    void malformedDatesAreRefused(String timestamp) {
        signer.timestamp = timestamp;
        assertRefused(ACCESS_DENIED, signer.request("GET", EMPTY));
    }

    @Test
    void missingAndRepeatedDatesAreRefused() {
        RawRequest good = signer.request("GET", EMPTY);
        assertRefused(ACCESS_DENIED, without(good, "X-Amz-Date"));
        assertRefused(ACCESS_DENIED, with(good, "x-amz-date", ClientSigner.NOW));
    }

    @Test
    void plainDateHeaderIsEnough() {
        List<String> headers = new ArrayList<>(List.of(
                "Host: localhost:9000", "Date: Mon, 23 Nov 2026 12:00:00 GMT", "X-Amz-Content-Sha256: " + EMPTY));
        headers.add("Authorization: " + signer.authorize("GET", EMPTY, headers));
        assertAccepted(ClientSigner.raw("GET", "/bucket/key", headers), NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-amz-content-sha256;x-amz-date;host",
                "host;host;x-amz-content-sha256;x-amz-date",
                "Host;x-amz-content-sha256;x-amz-date",
                "host;;x-amz-content-sha256;x-amz-date",
                "host;x-amz-content-sha256;x-amz-date;",
                ";host;x-amz-content-sha256;x-amz-date",
                "host;x-amz-content-sha256;x-amz-date;x-amz-never-sent",
                "host;range;x-amz-content-sha256;x-amz-date"
            })
    void oddListsOfSignedHeadersAreRefused(String names) {
        RawRequest good = signer.request("GET", EMPTY);
        String header = authorization(good).replace("host;x-amz-content-sha256;x-amz-date", names);
        assertRefused(SIGNATURE_DOES_NOT_MATCH, withAuthorization(good, header));
    }

    @Test
    void unsortedSignedHeadersAreRefusedThoughTheyAreSigned() {
        signer.headerOrder = Comparator.reverseOrder();
        assertRefused(SIGNATURE_DOES_NOT_MATCH, signer.request("GET", EMPTY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-amz-acl: public-read",
                "X-Amz-Copy-Source: /other/secret",
                "x-amz-tagging: a=b",
                "x-amz-server-side-encryption: AES256",
                "x-amz-server-side-encryption-customer-key: c2VjcmV0",
                "x-amz-object-lock-mode: COMPLIANCE",
                "x-amz-bypass-governance-retention: true",
                "x-amz-meta-user: x",
                "x-amz-storage-class: STANDARD",
                "x-amz-website-redirect-location: /",
                "x-amz-grant-full-control: id=1",
                "x-amz-checksum-crc32: AAAAAA==",
                "x-amz-decoded-content-length: 5",
                "x-amz-trailer: x-amz-checksum-crc32"
            })
    void amazonHeadersThatAreNotSignedAreRefused(String line) {
        int colon = line.indexOf(':');
        String name = line.substring(0, colon);
        String value = line.substring(colon + 2);
        S3Exception header = refusal(with(signer.request("PUT", EMPTY), name, value), NOW);
        S3Exception query =
                refusal(with(get(signer.presign("GET", "60", "host", "host:localhost:9000\n", "")), name, value), NOW);
        for (S3Exception refusal : List.of(header, query)) {
            assertEquals(ACCESS_DENIED, refusal.error());
            assertEquals("There were headers present in the request which were not signed", refusal.text());
            assertEquals(name.toLowerCase(Locale.ROOT), refusal.fields().get("HeadersNotSigned"));
        }
    }

    @Test
    void hostMustBeSigned() {
        List<String> headers =
                new ArrayList<>(List.of("X-Amz-Date: " + ClientSigner.NOW, "X-Amz-Content-Sha256: " + EMPTY));
        headers.add("Authorization: " + signer.authorize("GET", EMPTY, headers));
        headers.add("Host: localhost:9000");
        assertEquals(
                "host",
                refusal(ClientSigner.raw("GET", "/bucket/key", headers), NOW)
                        .fields()
                        .get("HeadersNotSigned"));
        assertRefused(ACCESS_DENIED, get(signer.presign("GET", "60", "range", "range:bytes=0-1\n", "")));
    }

    @Test
    void secondValueOfASignedHeaderIsRefused() {
        assertRefused(
                SIGNATURE_DOES_NOT_MATCH, with(signer.request("PUT", EMPTY, "x-amz-acl: private"), "x-amz-acl", "x"));
    }

    @Test
    void onlyOneMechanismMayBeUsed() {
        RawRequest good = signer.request("GET", EMPTY);
        String header = authorization(good);
        assertRefused(INVALID_ARGUMENT, with(good, "authorization", header));
        String presigned = signer.presign("GET", "60", "host", "host:localhost:9000\n", "");
        assertRefused(INVALID_ARGUMENT, with(get(presigned), "Authorization", header));
        assertRefused(INVALID_ARGUMENT, new RawRequest("GET", "/bucket/key?X-Amz-Credential=other", good.headers()));
        assertRefused(INVALID_ARGUMENT, new RawRequest("GET", "/bucket/key?Signature=x", good.headers()));
        assertRefused(INVALID_ARGUMENT, get(presigned + "&AWSAccessKeyId=x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
                "AWS4-ECDSA-P256-SHA256 Credential=x",
                "AWS4-HMAC-SHA1 Credential=x",
                "aws4-hmac-sha256 Credential=x",
                "AWS4-HMAC-SHA256Credential=x",
                "Basic dXNlcjpwYXNz",
                "Bearer token",
                "Negotiate",
                "x"
            })
    void otherMechanismsAreRefused(String header) {
        assertRefused(INVALID_REQUEST, withAuthorization(signer.request("GET", EMPTY), header));
        assertRefused(INVALID_REQUEST, get("/bucket/key?AWSAccessKeyId=a&Signature=b&Expires=9999999999"));
    }

    static Stream<String> malformedHeaders() {
        String credential = "Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-east-1/s3/aws4_request";
        String names = "SignedHeaders=host;x-amz-content-sha256;x-amz-date";
        String signature = "Signature=" + "0".repeat(64);
        return Stream.of(
                        "",
                        " ",
                        credential,
                        credential + "," + names,
                        credential + "," + signature,
                        names + "," + signature,
                        credential + " " + names + " " + signature,
                        credential + ";" + names + ";" + signature,
                        credential + "," + credential + "," + names,
                        credential + "," + names + "," + signature + ",x=y",
                        credential + "," + names + "," + signature + ",",
                        "," + credential + "," + names + "," + signature,
                        credential + ",," + names + "," + signature,
                        "credential=a," + names + "," + signature,
                        "Credential," + names + "," + signature,
                        "Credential=," + names + "," + signature,
                        "Credential=////," + names + "," + signature,
                        "Credential=a////," + names + "," + signature,
                        "Credential=/20261123/us-east-1/s3/aws4_request," + names + "," + signature,
                        "Credential=a/b/c/d," + names + "," + signature,
                        "Credential=a/20261123/us-east-1/s3/," + names + "," + signature,
                        "Credential=a/20261123/us-east-1//aws4_request," + names + "," + signature,
                        "Credential=a/20261123//s3/aws4_request," + names + "," + signature,
                        "Credential=a//us-east-1/s3/aws4_request," + names + "," + signature,
                        "Credential=\u0000/////," + names + "," + signature,
                        "Credential=😀," + names + "," + signature,
                        "Credential=" + "a".repeat(8192) + "," + names + "," + signature,
                        "Credential=" + "/".repeat(8192) + "," + names + "," + signature,
                        credential + ",SignedHeaders=," + signature,
                        credential + ",SignedHeaders," + signature,
                        credential + "," + names + ",Signature=",
                        credential + "," + names + ",Signature",
                        ",".repeat(8192),
                        "=".repeat(8192),
                        "Credential=Credential=Credential=",
                        "{\"Credential\":1}",
                        credential + "\n," + names,
                        "\u00a0" + credential + "," + names,
                        "Signature=a,SignedHeaders=host,Credential=a",
                        "SignedHeaders=host,SignedHeaders=host,Signature=a")
                .map(rest -> "AWS4-HMAC-SHA256 " + rest);
    }

    @ParameterizedTest
    @MethodSource("malformedHeaders")
    void malformedHeadersAreRefused(String header) {
        assertRefused(AUTHORIZATION_HEADER_MALFORMED, withAuthorization(signer.request("GET", EMPTY), header));
    }

    @Test
    void componentsMayComeInAnyOrderWithSpaces() {
        RawRequest good = signer.request("GET", EMPTY);
        String[] parts =
                authorization(good).substring("AWS4-HMAC-SHA256 ".length()).split(",", -1);
        assertAccepted(
                withAuthorization(good, "AWS4-HMAC-SHA256   " + parts[2] + " ,  " + parts[0] + ",\t" + parts[1]), NOW);
    }

    @Test
    void anonymousRequestsAreRefusedWhateverTheyCallTheirBody() {
        List<String> hashes = new ArrayList<>(STREAMS);
        hashes.addAll(List.of(EMPTY, "UNSIGNED-PAYLOAD", "nonsense"));
        for (String hash : hashes) {
            for (String target : List.of("/", "/bucket", "/bucket/key", "/bucket/key?uploads")) {
                assertRefused(
                        ACCESS_DENIED,
                        ClientSigner.raw("PUT", target, List.of("Host: h", "x-amz-content-sha256: " + hash)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "DELETE", "GET"})
    void inventedSignatureOverAStreamIsRefused(String method) {
        for (String hash : STREAMS) {
            ClientSigner liar = new ClientSigner();
            liar.secret = "invented";
            assertRefused(SIGNATURE_DOES_NOT_MATCH, liar.request(method, hash));
            String presigned = liar.presign(method, "60", "host", "host:localhost:9000\n", "");
            RawRequest query = ClientSigner.raw(
                    method, presigned, List.of("Host: localhost:9000", "x-amz-content-sha256: " + hash));
            assertFalse(authenticator.authenticate(query, NOW) instanceof Authenticated);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unsigned-payload",
                "UNSIGNED",
                "STREAMING-UNSIGNED-PAYLOAD",
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855a",
                "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            })
    void unknownFormsOfTheBodyAreRefused(String hash) {
        assertRefused(INVALID_ARGUMENT, signer.request("PUT", hash));
    }

    @Test
    void bodyHashMustBeGivenOnce() {
        RawRequest good = signer.request("PUT", EMPTY);
        S3Exception missing = refusal(without(good, "X-Amz-Content-Sha256"), NOW);
        assertEquals(INVALID_REQUEST, missing.error());
        assertEquals("Missing required header for this request: x-amz-content-sha256", missing.text());
        assertRefused(INVALID_ARGUMENT, with(good, "x-amz-content-sha256", EMPTY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"})
    void asymmetricChunksAreNotImplemented(String hash) {
        assertRefused(NOT_IMPLEMENTED, signer.request("PUT", hash));
    }

    @Test
    void tokensAreRefusedAsNoneAreIssued() {
        assertRefused(INVALID_TOKEN, signer.request("GET", EMPTY, "x-amz-security-token: t"));
        assertRefused(INVALID_TOKEN, with(signer.request("GET", EMPTY), "x-amz-security-token", ""));
        assertRefused(INVALID_TOKEN, signer.request("GET", EMPTY, "x-amz-s3session-token: t"));
        assertRefused(
                INVALID_TOKEN,
                get(signer.presign("GET", "60", "host", "host:localhost:9000\n", "X-Amz-Security-Token=t")));
    }

    @Test
    void presignedUrlsExpire() {
        RawRequest request = get(signer.presign("GET", "60", "host", "host:localhost:9000\n", ""));
        assertAccepted(request, NOW.plusSeconds(60));
        S3Exception expired = refusal(request, NOW.plusSeconds(61));
        assertEquals(ACCESS_DENIED, expired.error());
        assertEquals("Request has expired", expired.text());
        assertEquals("60", expired.fields().get("X-Amz-Expires"));
        assertAccepted(request, NOW.minusSeconds(900));
        assertRefused(ACCESS_DENIED, request, NOW.minusSeconds(901));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "604801", "abc", "", "1.5", "%2B60", "99999999999999999999", "0x10", "٣"})
    void lifetimeIsOneSecondToSevenDays(String expires) {
        String encoded = expires.equals("٣") ? "%D9%A3" : expires;
        assertRefused(
                AUTHORIZATION_QUERY_PARAMETERS_ERROR,
                get(signer.presign("GET", encoded, "host", "host:localhost:9000\n", "")));
    }

    @Test
    void lifetimeOfSevenDaysIsAccepted() {
        assertAccepted(
                get(signer.presign("GET", "604800", "host", "host:localhost:9000\n", "")), NOW.plusSeconds(604_800));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Amz-Algorithm",
                "X-Amz-Credential",
                "X-Amz-Date",
                "X-Amz-Expires",
                "X-Amz-SignedHeaders",
                "X-Amz-Signature"
            })
    void parametersOfPresignedUrlsComeExactlyOnce(String name) {
        String good = signer.presign("GET", "60", "host", "host:localhost:9000\n", "");
        assertRefused(AUTHORIZATION_QUERY_PARAMETERS_ERROR, get(good + "&" + name + "=1"));
        assertRefused(AUTHORIZATION_QUERY_PARAMETERS_ERROR, get(good.replaceFirst(name + "=[^&]*", "a=b")));
        assertRefused(AUTHORIZATION_QUERY_PARAMETERS_ERROR, get(good.replaceFirst(name + "=[^&]*", name)));
    }

    @Test
    void presignedUrlsAreForOneMethodKeyAndQuery() {
        String good = signer.presign("GET", "60", "host", "host:localhost:9000\n", "");
        for (String method : List.of("PUT", "DELETE", "HEAD", "POST")) {
            assertRefused(SIGNATURE_DOES_NOT_MATCH, ClientSigner.raw(method, good, List.of("Host: localhost:9000")));
        }
        for (String target : List.of(
                good.replace("/bucket/key", "/bucket/kez"),
                good.replace("/bucket/key", "/buckeu/key"),
                good.replace("/bucket/key", "/bucket//key"),
                good.replace("/bucket/key", "/bucket/./key"),
                good.replace("/bucket/key", "/bucket/x/../key"),
                good.replace("/bucket/key", "/bucket/key/"),
                good + "&versionId=1",
                good + "&partNumber=1",
                good + "&uploadId=1",
                good + "&response-content-type=text%2Fhtml",
                good + "&x-id=GetObject",
                good + "&acl",
                good.replace("Expires=60", "Expires=61"))) {
            assertRefused(SIGNATURE_DOES_NOT_MATCH, get(target));
        }
    }

    @Test
    void signedChunksDoNotFitPresignedUrls() {
        RawRequest request = get(signer.presign("PUT", "60", "host", "host:localhost:9000\n", ""));
        assertRefused(INVALID_ARGUMENT, with(request, "x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
        assertRefused(INVALID_ARGUMENT, with(request, "x-amz-content-sha256", "nonsense"));
    }

    @Test
    void refusalShowsWhatWasSignedButNoKeyForEncryption() {
        signer.secret = "wrong";
        S3Exception refusal =
                refusal(signer.request("PUT", EMPTY, "x-amz-server-side-encryption-customer-key: c2VjcmV0"), NOW);
        String canonical = refusal.fields().getOrDefault("CanonicalRequest", "");
        assertEquals(true, canonical.startsWith("PUT\n/bucket/key\n\nhost:localhost:9000\n"));
        assertFalse(refusal.fields().toString().contains("c2VjcmV0"));
        assertFalse(refusal.toString().contains(ClientSigner.SECRET));
    }

    private static Arguments signing(S3Error error, Consumer<ClientSigner> change) {
        return Arguments.of(error, change);
    }

    private static RawRequest get(String target) {
        return ClientSigner.raw("GET", target, List.of("Host: localhost:9000"));
    }

    private static String authorization(RawRequest request) {
        return request.value("authorization").orElseThrow();
    }

    /** Flips a bit of the hexadecimal digit that is {@code fromEnd} characters before the end. */
    private static String flip(String text, int fromEnd, int bit) {
        int at = text.length() - fromEnd;
        int digit = Character.digit(text.charAt(at), 16) ^ (1 << bit);
        return text.substring(0, at) + Character.forDigit(digit, 16) + text.substring(at + 1);
    }

    private static RawRequest withAuthorization(RawRequest request, String value) {
        return with(without(request, "Authorization"), "Authorization", value);
    }

    private static RawRequest with(RawRequest request, String name, String value) {
        List<Header> headers = new ArrayList<>(request.headers());
        headers.add(new Header(name, value));
        return new RawRequest(request.method(), target(request), headers);
    }

    private static RawRequest without(RawRequest request, String name) {
        List<Header> headers = new ArrayList<>(request.headers());
        headers.removeIf(header -> header.name().equals(name));
        return new RawRequest(request.method(), target(request), headers);
    }

    private static String target(RawRequest request) {
        StringBuilder target = new StringBuilder(request.rawPath());
        for (QueryParameter parameter : request.query()) {
            target.append(target.indexOf("?") < 0 ? '?' : '&')
                    .append(PercentCoding.canonicalQueryPart(parameter.name()))
                    .append('=')
                    .append(PercentCoding.canonicalQueryPart(parameter.value()));
        }
        return target.toString();
    }

    private void assertAccepted(RawRequest request, Instant now) {
        Authentication result = authenticator.authenticate(request, now);
        assertInstanceOf(Authenticated.class, result, result::toString);
    }

    private void assertRefused(S3Error error, RawRequest request) {
        assertRefused(error, request, NOW);
    }

    private void assertRefused(S3Error error, RawRequest request, Instant now) {
        assertEquals(error, refusal(request, now).error());
    }

    private S3Exception refusal(RawRequest request, Instant now) {
        Authentication result = authenticator.authenticate(request, now);
        return assertInstanceOf(Rejected.class, result, result::toString).refusal();
    }
}
