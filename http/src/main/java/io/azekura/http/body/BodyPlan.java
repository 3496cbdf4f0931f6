package io.azekura.http.body;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.PayloadSignature;
import io.azekura.http.sigv4.PayloadSignature.Hashed;
import io.azekura.http.sigv4.PayloadSignature.SignedChunks;
import io.azekura.http.sigv4.PayloadSignature.UnsignedChunks;
import io.azekura.http.sigv4.RawRequest;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a body before its first byte: its form, its length, which digests to take and what they must be. All
 * that can be refused from the headers is refused here, so that a client which waits for {@code 100 Continue} need not
 * send anything.
 *
 * @param length of the decoded body in bytes
 * @param payload form of the body, and how the request's signature covers it
 * @param sha256 that the signature demands, or null
 * @param contentMd5 that the client claims, or null
 * @param claimed checksum that the client sends, or null
 * @param added checksum to be computed though the client sends none, or null
 */
public record BodyPlan(
        long length,
        PayloadSignature payload,
        @Nullable Bytes sha256,
        @Nullable Bytes contentMd5,
        @Nullable ClaimedChecksum claimed,
        @Nullable Algorithm added) {
    /** Amazon's limit for one PUT. */
    public static final long LENGTH_MAX = 5L << 30;

    private static final String DECODED_LENGTH = "x-amz-decoded-content-length";
    private static final int LENGTH_DIGITS_MAX = 18;
    private static final int MD5_BYTES = 16;

    /** What to do when the client sends no checksum. */
    public enum AbsentChecksum {
        /** Compute CRC64NVME, as Amazon does: 0.6 CPU seconds a GiB. */
        COMPUTE_CRC64NVME,
        LEAVE_OUT
    }

    /**
     * Plans the body of a request whose head is authentic.
     *
     * @throws S3Exception MissingContentLength without a length, EntityTooLarge beyond {@link #LENGTH_MAX},
     *     InvalidDigest, InvalidRequest or InvalidArgument for malformed or contradictory headers
     */
    public static BodyPlan of(RawRequest request, PayloadSignature payload, AbsentChecksum absent) {
        boolean chunked = payload instanceof UnsignedChunks || payload instanceof SignedChunks;
        Optional<ClaimedChecksum> claimed = ClaimedChecksum.of(request, hasTrailers(payload));
        Bytes contentMd5 = contentMd5(request);
        long length = length(request, chunked ? DECODED_LENGTH : "content-length");
        Bytes sha256 =
                payload instanceof Hashed hashed ? Bytes.wrap(HexFormat.of().parseHex(hashed.sha256())) : null;
        Algorithm added = claimed.isEmpty() && absent == AbsentChecksum.COMPUTE_CRC64NVME ? Algorithm.CRC64NVME : null;
        return new BodyPlan(length, payload, sha256, contentMd5, claimed.orElse(null), added);
    }

    /** A reader for one passage of the body. */
    public BodyReader newReader() {
        return new BodyReader(this);
    }

    /**
     * What a {@code Content-Encoding} means for the stored object: {@code aws-chunked} belongs to the transfer only.
     * Empty when nothing is left.
     */
    public static Optional<String> storedContentEncoding(String contentEncoding) {
        List<String> codings = List.of(contentEncoding.split(",", -1)).stream()
                .map(String::strip)
                .filter(coding -> !coding.equalsIgnoreCase("aws-chunked") && !coding.isEmpty())
                .toList();
        return codings.isEmpty() ? Optional.empty() : Optional.of(String.join(",", codings));
    }

    /** Whether trailers may follow. */
    static boolean hasTrailers(PayloadSignature payload) {
        return payload instanceof UnsignedChunks || (payload instanceof SignedChunks signed && signed.hasTrailers());
    }

    private static @Nullable Bytes contentMd5(RawRequest request) {
        List<String> values = request.values("content-md5");
        if (values.isEmpty()) {
            return null;
        }
        return Optional.of(values.get(0))
                .filter(value -> values.size() == 1)
                .flatMap(value -> ChecksumName.decode(value, MD5_BYTES))
                .orElseThrow(S3Error.INVALID_DIGEST::asException);
    }

    private static long length(RawRequest request, String header) {
        List<String> values = request.values(header);
        if (values.isEmpty()) {
            throw S3Error.MISSING_CONTENT_LENGTH.asException();
        }
        String value = values.get(0);
        boolean number = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (values.size() > 1 || !number) {
            throw new S3Exception(
                    S3Error.INVALID_ARGUMENT,
                    "The length of the body is not a number.",
                    Map.of("ArgumentName", header, "ArgumentValue", value));
        }
        if (value.length() > LENGTH_DIGITS_MAX || Long.parseLong(value) > LENGTH_MAX) {
            throw S3Error.ENTITY_TOO_LARGE
                    .asException()
                    .with("ProposedSize", value)
                    .with("MaxSizeAllowed", Long.toString(LENGTH_MAX));
        }
        return Long.parseLong(value);
    }
}
