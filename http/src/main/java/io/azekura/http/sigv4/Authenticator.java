package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Authentication.Rejected;
import io.azekura.http.sigv4.SignatureClaim.Form;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides who has sent a request, by AWS Signature Version 4 in the {@code Authorization} header or in the query. It
 * alone knows all the forms a signature can take, so that a form forgotten elsewhere cannot become a way in. Codes and
 * texts of refusals are Amazon's. Safe for many threads, never blocks.
 */
public final class Authenticator {
    static final String CONTENT_SHA256 = "x-amz-content-sha256";

    /** How far the clocks of client and server may be apart: Amazon's limit. */
    private static final Duration SKEW_MAX = Duration.ofMinutes(15);

    private static final String ONE_MECHANISM =
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter,"
                    + " Signature query string parameter or the Authorization header should be specified";

    private final CredentialSource credentials;
    private final @Nullable String region;
    private final SigningKeyCache keys = new SigningKeyCache();

    private Authenticator(CredentialSource credentials, @Nullable String region) {
        this.credentials = credentials;
        this.region = region;
    }

    /** Accepts signatures for whatever region the client believes in. */
    public static Authenticator ofAnyRegion(CredentialSource credentials) {
        return new Authenticator(credentials, null);
    }

    /** Accepts signatures for this region only, and tells others its name. */
    public static Authenticator ofRegion(CredentialSource credentials, String region) {
        return new Authenticator(credentials, region);
    }

    /** Judges the head of a request that arrived at {@code now}. */
    public Authentication authenticate(RawRequest request, Instant now) {
        try {
            return verify(request, claimOf(request, now), now);
        } catch (S3Exception refusal) {
            return new Rejected(refusal);
        }
    }

    static S3Exception unsupportedMechanism() {
        return S3Error.INVALID_REQUEST.asException(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
    }

    private static SignatureClaim claimOf(RawRequest request, Instant now) {
        List<String> authorizations = request.values("authorization");
        boolean presigned = PresignedQuery.isIn(request);
        boolean version2 = isVersion2(request);
        int mechanisms = authorizations.size() + (presigned ? 1 : 0) + (version2 ? 1 : 0);
        if (mechanisms == 0) {
            throw S3Error.ACCESS_DENIED.asException();
        }
        if (mechanisms > 1) {
            throw new S3Exception(S3Error.INVALID_ARGUMENT, ONE_MECHANISM, Map.of("ArgumentName", "Authorization"));
        }
        if (version2) {
            throw unsupportedMechanism();
        }
        SignatureClaim claim = presigned
                ? PresignedQuery.parse(request, now, SKEW_MAX)
                : AuthorizationHeader.parse(request, authorizations.get(0));
        refuseToken(request);
        return claim;
    }

    private static boolean isVersion2(RawRequest request) {
        return request.query().stream()
                .map(QueryParameter::name)
                .anyMatch(name -> name.equals("AWSAccessKeyId") || name.equals("Signature"));
    }

    /** We issue no session tokens, so none can be right. */
    private static void refuseToken(RawRequest request) {
        if (!request.values("x-amz-security-token").isEmpty()
                || !request.values("x-amz-s3session-token").isEmpty()
                || !request.parameters("X-Amz-Security-Token").isEmpty()
                || !request.parameters("X-Amz-S3session-Token").isEmpty()) {
            throw S3Error.INVALID_TOKEN.asException();
        }
    }

    private Authentication verify(RawRequest request, SignatureClaim claim, Instant now) {
        checkScope(claim);
        if (claim.form() == Form.HEADER
                && Duration.between(claim.time(), now).abs().compareTo(SKEW_MAX) > 0) {
            throw S3Error.REQUEST_TIME_TOO_SKEWED
                    .asException()
                    .with("RequestTime", claim.timestamp())
                    .with("ServerTime", now.toString())
                    .with("MaxAllowedSkewMilliseconds", Long.toString(SKEW_MAX.toMillis()));
        }
        String accessKey = claim.scope().accessKey();
        SecretKey secret = credentials
                .secretOf(accessKey)
                .orElseThrow(() -> S3Error.INVALID_ACCESS_KEY_ID.asException().with("AWSAccessKeyId", accessKey));
        requireSigned(request, claim);
        SigningKey key = keys.key(secret, claim.scope());
        verifySignature(request, claim, key);
        keys.remember(secret, claim.scope(), key);
        return new Authenticated(accessKey, payload(claim, key));
    }

    private void checkScope(SignatureClaim claim) {
        CredentialScope scope = claim.scope();
        String day = claim.timestamp().substring(0, "20130524".length());
        if (!scope.date().equals(day)) {
            throw claim.form()
                    .malformed("Invalid credential date \"" + scope.date()
                            + "\". This date is not the same as X-Amz-Date: \"" + day + "\".");
        }
        if (!scope.service().equals(CredentialScope.SERVICE)) {
            throw claim.form()
                    .malformed("incorrect service \"" + scope.service() + "\". This endpoint belongs to \"s3\".");
        }
        if (!scope.terminator().equals(CredentialScope.TERMINATOR)) {
            throw claim.form()
                    .malformed(
                            "incorrect terminal \"" + scope.terminator() + "\". This endpoint uses \"aws4_request\".");
        }
        if (region != null && !scope.region().equals(region)) {
            throw claim.form()
                    .malformed("the region '" + scope.region() + "' is wrong; expecting '" + region + "'")
                    .with("Region", region);
        }
    }

    /** The host, and every header that could change what is done, must be under the signature. */
    private static void requireSigned(RawRequest request, SignatureClaim claim) {
        List<String> signed = claim.signedHeaders();
        List<String> unsigned = new ArrayList<>();
        if (!signed.contains("host")) {
            unsigned.add("host");
        }
        for (String name : request.headerNames()) {
            boolean free = claim.form() == Form.QUERY && name.equals(CONTENT_SHA256);
            if (name.startsWith("x-amz-") && !free && !signed.contains(name)) {
                unsigned.add(name);
            }
        }
        if (!unsigned.isEmpty()) {
            unsigned.sort(null);
            throw S3Error.ACCESS_DENIED
                    .asException("There were headers present in the request which were not signed")
                    .with("HeadersNotSigned", String.join(", ", unsigned));
        }
        for (String name : signed) {
            if (request.values(name).isEmpty()) {
                throw S3Error.SIGNATURE_DOES_NOT_MATCH.asException();
            }
        }
    }

    private static void verifySignature(RawRequest request, SignatureClaim claim, SigningKey key) {
        List<String> readings = CanonicalRequest.readings(request, claim);
        for (String reading : readings) {
            if (key.verifies(claim.signature(), claim.stringToSign(reading))) {
                return;
            }
        }
        throw S3Error.SIGNATURE_DOES_NOT_MATCH
                .asException()
                .with("AWSAccessKeyId", claim.scope().accessKey())
                .with("StringToSign", claim.stringToSign(readings.get(0)))
                .with("SignatureProvided", claim.signature())
                .with("CanonicalRequest", withoutCustomerKeys(readings.get(0)));
    }

    /** The client is shown what we made of its request, but never a key that it sent for encryption. */
    private static String withoutCustomerKeys(String canonicalRequest) {
        return canonicalRequest.replaceAll("(?m)^(x-amz-[a-z0-9-]*customer-key):.*$", "$1:(redacted)");
    }

    private static PayloadSignature payload(SignatureClaim claim, SigningKey key) {
        return switch (claim.payload()) {
            case HASHED -> new PayloadSignature.Hashed(claim.bodyHash());
            case UNSIGNED -> PayloadSignature.Unsigned.INSTANCE;
            case UNSIGNED_WITH_TRAILER -> PayloadSignature.UnsignedChunks.INSTANCE;
            case SIGNED_CHUNKS, SIGNED_CHUNKS_WITH_TRAILER -> new PayloadSignature.SignedChunks(key, claim);
        };
    }
}
