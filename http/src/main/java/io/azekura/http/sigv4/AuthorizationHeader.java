package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.SignatureClaim.Form;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the signature that stands in the {@code Authorization} header.
 *
 * <pre>
 * authorization = "AWS4-HMAC-SHA256" SP component "," component "," component
 * component     = ("Credential=" credential) / ("SignedHeaders=" name *(";" name)) / ("Signature=" 64HEXDIG)
 * </pre>
 *
 * White space may follow the commas, and the components may come in any order, each once.
 */
final class AuthorizationHeader {
    private static final String CREDENTIAL = "Credential=";
    private static final String SIGNED_HEADERS = "SignedHeaders=";
    private static final String SIGNATURE = "Signature=";
    private static final int COMPONENTS = 3;

    private AuthorizationHeader() {}

    static SignatureClaim parse(RawRequest request, String authorization) {
        String components = componentsOf(authorization);
        CredentialScope scope = CredentialScope.parse(component(components, CREDENTIAL))
                .orElseThrow(() -> Form.HEADER.malformed(SignatureClaim.CREDENTIAL_MALFORMED));
        Instant time = timeOf(request);
        String hash = payloadHashOf(request);
        return new SignatureClaim(
                Form.HEADER,
                scope,
                AmzDate.format(time),
                time,
                SignatureClaim.splitSignedHeaders(component(components, SIGNED_HEADERS)),
                component(components, SIGNATURE),
                hash,
                PayloadKind.of(hash),
                hash);
    }

    private static String componentsOf(String authorization) {
        if (!authorization.startsWith(SignatureClaim.ALGORITHM)) {
            throw Authenticator.unsupportedMechanism();
        }
        String rest = authorization.substring(SignatureClaim.ALGORITHM.length());
        if (rest.isEmpty() || rest.charAt(0) == ' ' || rest.charAt(0) == '\t') {
            return rest;
        }
        throw Authenticator.unsupportedMechanism();
    }

    private static String component(String components, String name) {
        String[] parts = components.split(",", COMPONENTS + 1);
        if (parts.length == COMPONENTS) {
            for (String part : parts) {
                String stripped = part.strip();
                if (stripped.startsWith(name) && stripped.length() > name.length()) {
                    return stripped.substring(name.length());
                }
            }
        }
        throw Form.HEADER.malformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature.");
    }

    private static Instant timeOf(RawRequest request) {
        List<String> amzDates = request.values("x-amz-date");
        List<String> dates = amzDates.isEmpty() ? request.values("date") : amzDates;
        Optional<Instant> time = dates.size() != 1
                ? Optional.empty()
                : amzDates.isEmpty() ? AmzDate.parseHttpDate(dates.get(0)) : AmzDate.parse(dates.get(0));
        return time.orElseThrow(() ->
                S3Error.ACCESS_DENIED.asException("AWS authentication requires a valid Date or x-amz-date header"));
    }

    private static String payloadHashOf(RawRequest request) {
        List<String> hashes = request.values(Authenticator.CONTENT_SHA256);
        if (hashes.isEmpty()) {
            throw S3Error.INVALID_REQUEST.asException("Missing required header for this request: x-amz-content-sha256");
        }
        if (hashes.size() > 1) {
            throw new S3Exception(
                    S3Error.INVALID_ARGUMENT,
                    "x-amz-content-sha256 must be given once.",
                    Map.of("ArgumentName", Authenticator.CONTENT_SHA256));
        }
        return hashes.get(0);
    }
}
