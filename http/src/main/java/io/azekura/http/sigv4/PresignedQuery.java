package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.SignatureClaim.Form;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Reads the signature that stands in the parameters of a presigned URL. */
final class PresignedQuery {
    static final String SIGNATURE = "X-Amz-Signature";

    private static final String ALGORITHM = "X-Amz-Algorithm";
    private static final String CREDENTIAL = "X-Amz-Credential";
    private static final String DATE = "X-Amz-Date";
    private static final String EXPIRES = "X-Amz-Expires";
    private static final String SIGNED_HEADERS = "X-Amz-SignedHeaders";
    private static final String CONTENT_SHA256 = "X-Amz-Content-Sha256";
    private static final Duration LIFETIME_MAX = Duration.ofDays(7);
    private static final int EXPIRES_DIGITS_MAX = 9;

    private PresignedQuery() {}

    /** Whether the request names a signature in its query, well-formed or not. */
    static boolean isIn(RawRequest request) {
        return request.query().stream()
                .map(QueryParameter::name)
                .anyMatch(name -> name.equals(ALGORITHM) || name.equals(CREDENTIAL) || name.equals(SIGNATURE));
    }

    /**
     * Reads the claim and checks that the URL is valid at {@code now}.
     *
     * @param skew how far the signer's clock may be ahead of ours
     */
    static SignatureClaim parse(RawRequest request, Instant now, Duration skew) {
        if (!only(request, ALGORITHM).equals(SignatureClaim.ALGORITHM)) {
            throw malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }
        String credential = only(request, CREDENTIAL);
        String timestamp = only(request, DATE);
        String expires = only(request, EXPIRES);
        String signedHeaders = only(request, SIGNED_HEADERS);
        String signature = only(request, SIGNATURE);
        CredentialScope scope = CredentialScope.parse(credential)
                .orElseThrow(() -> Form.QUERY.malformed(SignatureClaim.CREDENTIAL_MALFORMED));
        Instant time = AmzDate.parse(timestamp)
                .orElseThrow(() -> malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
        checkLifetime(time, lifetime(expires), now, skew);
        List<String> names = SignatureClaim.splitSignedHeaders(signedHeaders);
        String hash = signedHash(request, names);
        String bodyHash = bodyHash(request, hash);
        return new SignatureClaim(
                Form.QUERY, scope, timestamp, time, names, signature, hash, payloadKind(bodyHash), bodyHash);
    }

    private static String only(RawRequest request, String name) {
        List<String> values = request.parameters(name);
        if (values.isEmpty() || values.get(0).isEmpty()) {
            throw malformed("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
                    + " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }
        if (values.size() > 1) {
            throw malformed(name + " must be given once.");
        }
        return values.get(0);
    }

    private static Duration lifetime(String expires) {
        if (expires.startsWith("-") && isNumber(expires.substring(1))) {
            throw malformed("X-Amz-Expires must be non-negative");
        }
        if (!isNumber(expires)) {
            throw malformed("X-Amz-Expires should be a number");
        }
        if (expires.length() > EXPIRES_DIGITS_MAX
                || Integer.parseInt(expires) > LIFETIME_MAX.toSeconds()
                || Integer.parseInt(expires) == 0) {
            throw malformed(
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be"
                            + " between 1 and 604800 seconds");
        }
        return Duration.ofSeconds(Integer.parseInt(expires));
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static void checkLifetime(Instant time, Duration lifetime, Instant now, Duration skew) {
        if (time.isAfter(now.plus(skew))) {
            throw S3Error.ACCESS_DENIED.asException("Request is not valid yet");
        }
        Instant end = time.plus(lifetime);
        if (now.isAfter(end)) {
            throw S3Error.ACCESS_DENIED
                    .asException("Request has expired")
                    .with("X-Amz-Expires", Long.toString(lifetime.toSeconds()))
                    .with("Expires", end.toString())
                    .with("ServerTime", now.toString());
        }
    }

    /** The hash that the signature covers: a presigned URL need not name one, and then covers no body. */
    private static String signedHash(RawRequest request, List<String> signedHeaders) {
        List<String> parameters = request.parameters(CONTENT_SHA256);
        if (!parameters.isEmpty()) {
            return parameters.get(0);
        }
        boolean signed = signedHeaders.contains(Authenticator.CONTENT_SHA256);
        return signed
                ? request.value(Authenticator.CONTENT_SHA256).orElse(PayloadKind.UNSIGNED_PAYLOAD)
                : PayloadKind.UNSIGNED_PAYLOAD;
    }

    /**
     * An unsigned {@code x-amz-content-sha256} beside a presigned URL tells how the body comes; it can only narrow what
     * the holder of the URL may send anyway.
     */
    private static String bodyHash(RawRequest request, String signedHash) {
        List<String> sent = request.values(Authenticator.CONTENT_SHA256);
        if (sent.isEmpty()) {
            return signedHash;
        }
        boolean free = signedHash.equals(PayloadKind.UNSIGNED_PAYLOAD);
        if (sent.size() > 1 || (!free && !sent.get(0).equals(signedHash))) {
            throw unfit(sent.get(0));
        }
        return sent.get(0);
    }

    /** Signed chunks are chained to a signature in the header; whoever holds only a URL cannot sign them. */
    private static PayloadKind payloadKind(String bodyHash) {
        PayloadKind kind = PayloadKind.of(bodyHash);
        if (kind == PayloadKind.SIGNED_CHUNKS || kind == PayloadKind.SIGNED_CHUNKS_WITH_TRAILER) {
            throw unfit(bodyHash);
        }
        return kind;
    }

    private static S3Exception unfit(String value) {
        return new S3Exception(
                S3Error.INVALID_ARGUMENT,
                "x-amz-content-sha256 does not fit a presigned URL.",
                Map.of("ArgumentName", Authenticator.CONTENT_SHA256, "ArgumentValue", value));
    }

    private static S3Exception malformed(String text) {
        return S3Error.AUTHORIZATION_QUERY_PARAMETERS_ERROR.asException(text);
    }
}
