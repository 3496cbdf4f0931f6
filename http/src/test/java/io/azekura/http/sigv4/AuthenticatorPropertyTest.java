package io.azekura.http.sigv4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class AuthenticatorPropertyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final Authenticator authenticator = Authenticator.ofAnyRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))));

    @Property(tries = 500)
    void everySpellingOfAKeyIsAccepted(@ForAll @Size(min = 1, max = 40) byte[] key, @ForAll long seed) {
        ClientSigner signer = new ClientSigner();
        signer.canonicalPath = "/bucket/" + spell(key, null);
        RawRequest signed = signer.request("GET", ClientSigner.EMPTY_SHA256);
        RawRequest sent = new RawRequest("GET", "/bucket/" + spell(key, new Random(seed)), signed.headers());
        Authentication result = authenticator.authenticate(sent, NOW);
        assertInstanceOf(Authenticated.class, result, result::toString);
        assertEquals(signed.path(), sent.path());
    }

    @Property(tries = 1000)
    void garbageIsRefusedAndNothingElseHappens(
            @ForAll("targets") String target, @ForAll("headers") @Size(max = 8) List<Header> headers) {
        RawRequest request;
        try {
            request = new RawRequest("GET", target, headers);
        } catch (S3Exception e) {
            assertEquals(S3Error.INVALID_URI, e.error());
            return;
        }
        assertInstanceOf(Authentication.Rejected.class, authenticator.authenticate(request, NOW));
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> pieces = Arbitraries.of(
                "/",
                "?",
                "&",
                "=",
                "%",
                "%2",
                "%2F",
                "%ff",
                "+",
                "a",
                "X-Amz-Signature=",
                "X-Amz-Algorithm=",
                "AWS4-HMAC-SHA256",
                "X-Amz-Credential=",
                "X-Amz-Date=20261123T120000Z",
                "X-Amz-Expires=9",
                "é",
                "://",
                "X-Amz-SignedHeaders=host",
                "Signature",
                "a%2F20261123%2Fus-east-1%2Fs3%2Faws4_request");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(30).map(parts -> String.join("", parts)),
                Arbitraries.strings().ofMaxLength(40));
    }

    @Provide
    Arbitrary<List<Header>> headers() {
        Arbitrary<String> names = Arbitraries.of(
                "Host", "Authorization", "x-amz-date", "Date", "x-amz-content-sha256", "x-amz-security-token", "x", "");
        Arbitrary<String> pieces = Arbitraries.of(
                "AWS4-HMAC-SHA256",
                " ",
                ",",
                "Credential=",
                "a/20261123/us-east-1/s3/aws4_request",
                "SignedHeaders=",
                "host",
                ";",
                "Signature=",
                "0",
                "20261123T120000Z",
                "UNSIGNED-PAYLOAD",
                "/",
                "\u0000",
                "😀");
        Arbitrary<String> values = Arbitraries.oneOf(
                pieces.list().ofMaxSize(12).map(parts -> String.join("", parts)),
                Arbitraries.strings().ofMaxLength(30));
        return Combinators.combine(names, values).as(Header::new).list();
    }

    /** Percent-encodes; canonically, or with a random source in any way that decodes to the same bytes. */
    private static String spell(byte[] key, @org.jspecify.annotations.Nullable Random random) {
        List<String> parts = new ArrayList<>();
        for (byte b : key) {
            char c = (char) (b & 0xFF);
            boolean unreserved = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
            boolean sendable = unreserved || (random != null && c > ' ' && c < 0x7F && "%?#".indexOf(c) < 0);
            String escape = String.format(Locale.ROOT, "%%%02X", (int) c);
            if (random == null) {
                parts.add(unreserved ? String.valueOf(c) : escape);
            } else if (sendable && random.nextBoolean()) {
                parts.add(String.valueOf(c));
            } else {
                parts.add(random.nextBoolean() ? escape : escape.toLowerCase(Locale.ROOT));
            }
        }
        return String.join("", parts);
    }
}
