package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.time.Instant;
import java.util.List;

/**
 * What a request says about its own signature, well-formed but not yet believed.
 *
 * @param timestamp the time of signing as it stands in the string to sign
 * @param signedHeaders lower-case names, ascending, each once
 * @param payloadHash the last line of the canonical request
 * @param payload how the body is covered
 * @param bodyHash the hash that the body must have if {@code payload} is HASHED
 */
record SignatureClaim(
        Form form,
        CredentialScope scope,
        String timestamp,
        Instant time,
        List<String> signedHeaders,
        String signature,
        String payloadHash,
        PayloadKind payload,
        String bodyHash) {

    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    static final String CREDENTIAL_MALFORMED =
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";

    /** Where the claim stands. The two are answered with different codes. */
    enum Form {
        HEADER(S3Error.AUTHORIZATION_HEADER_MALFORMED, "The authorization header is malformed; "),
        QUERY(S3Error.AUTHORIZATION_QUERY_PARAMETERS_ERROR, "Error parsing the X-Amz-Credential parameter; ");

        private final S3Error error;
        private final String prefix;

        Form(S3Error error, String prefix) {
            this.error = error;
            this.prefix = prefix;
        }

        S3Exception malformed(String detail) {
            return error.asException(prefix + detail);
        }
    }

    SignatureClaim {
        signedHeaders = List.copyOf(signedHeaders);
    }

    /**
     * Splits a list of signed headers.
     *
     * @throws S3Exception SignatureDoesNotMatch unless the names are lower-case, ascending and each once: no signer
     *     would sign any other list
     */
    static List<String> splitSignedHeaders(String text) {
        List<String> names = List.of(text.split(";", -1));
        String previous = "";
        for (String name : names) {
            boolean lowerCase = name.chars().noneMatch(c -> c >= 'A' && c <= 'Z');
            if (!lowerCase || name.compareTo(previous) <= 0) {
                throw S3Error.SIGNATURE_DOES_NOT_MATCH.asException();
            }
            previous = name;
        }
        return names;
    }

    /** What the signature signs, for one reading of the request. */
    String stringToSign(String canonicalRequest) {
        return ALGORITHM + "\n" + timestamp + "\n" + scope.text() + "\n" + Sha256.hex(canonicalRequest);
    }
}
