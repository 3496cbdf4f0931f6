package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.util.HexFormat;
import java.util.Map;

/** The forms of {@code x-amz-content-sha256}. */
enum PayloadKind {
    /** The value is the SHA-256 of the body. */
    HASHED,
    UNSIGNED,
    UNSIGNED_WITH_TRAILER,
    SIGNED_CHUNKS,
    SIGNED_CHUNKS_WITH_TRAILER;

    static final String UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

    private static final int HEX_DIGITS = 64;

    /**
     * Reads a header value.
     *
     * @throws S3Exception InvalidArgument for anything unknown, NotImplemented for the asymmetric (SigV4A) forms
     */
    static PayloadKind of(String value) {
        return switch (value) {
            case UNSIGNED_PAYLOAD -> UNSIGNED;
            case "STREAMING-UNSIGNED-PAYLOAD-TRAILER" -> UNSIGNED_WITH_TRAILER;
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" -> SIGNED_CHUNKS;
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" -> SIGNED_CHUNKS_WITH_TRAILER;
            case "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" ->
                throw S3Error.NOT_IMPLEMENTED.asException(
                        "The asymmetric signatures of AWS4-ECDSA-P256-SHA256 are not implemented.");
            default -> hashed(value);
        };
    }

    private static PayloadKind hashed(String value) {
        if (value.length() == HEX_DIGITS && value.chars().allMatch(HexFormat::isHexDigit)) {
            return HASHED;
        }
        throw new S3Exception(
                S3Error.INVALID_ARGUMENT,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER,"
                        + " STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a"
                        + " valid sha256 value.",
                Map.of("ArgumentName", "x-amz-content-sha256", "ArgumentValue", value));
    }
}
