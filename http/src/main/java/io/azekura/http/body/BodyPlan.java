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
 */
public final class BodyPlan {
    /** Amazon's limit for one PUT. */
    public static final long LENGTH_MAX = 5L << 30;

    private static final String DECODED_LENGTH = "x-amz-decoded-content-length";
    private static final int LENGTH_DIGITS_MAX = 18;
    private static final int MD5_BYTES = 16;

    /** What to do when the client sends no checksum. */
    public enum AbsentChecksum {
        /** Compute CRC64NVME, as Amazon does: about half a CPU second a GiB. */
        COMPUTE_CRC64NVME,
        LEAVE_OUT
    }

    private final long length;
    private final PayloadSignature payload;
    private final @Nullable Bytes sha256;
    private final @Nullable Bytes contentMd5;
    private final @Nullable ClaimedChecksum claimed;
    private final @Nullable Algorithm algorithm;

    private BodyPlan(RawRequest request, PayloadSignature payload, AbsentChecksum absent) {
        boolean chunked = payload instanceof UnsignedChunks || payload instanceof SignedChunks;
        this.payload = payload;
        this.claimed = ClaimedChecksum.of(request, hasTrailers(payload)).orElse(null);
        this.contentMd5 = contentMd5(request);
        this.length = length(request, chunked ? DECODED_LENGTH : "content-length");
        this.sha256 =
                payload instanceof Hashed hashed ? Bytes.wrap(HexFormat.of().parseHex(hashed.sha256())) : null;
        Algorithm added = absent == AbsentChecksum.COMPUTE_CRC64NVME ? Algorithm.CRC64NVME : null;
        this.algorithm = claimed != null ? claimed.algorithm() : added;
    }

    /**
     * Plans the body of a request whose head is authentic.
     *
     * @throws S3Exception MissingContentLength without a length, EntityTooLarge beyond {@link #LENGTH_MAX},
     *     InvalidDigest, InvalidRequest or InvalidArgument for malformed or contradictory headers
     */
    public static BodyPlan of(RawRequest request, PayloadSignature payload, AbsentChecksum absent) {
        return new BodyPlan(request, payload, absent);
    }

    /** Of the decoded body, in bytes. */
    public long length() {
        return length;
    }

    /** Form of the body, and how the request's signature covers it. */
    PayloadSignature payload() {
        return payload;
    }

    /** What the signature demands of the decoded body, or null. */
    @Nullable
    Bytes sha256() {
        return sha256;
    }

    /** What the client claims, or null. */
    @Nullable
    Bytes contentMd5() {
        return contentMd5;
    }

    /** The checksum that the client sends, or null. */
    @Nullable
    ClaimedChecksum claimed() {
        return claimed;
    }

    /** Of the checksum to be computed, claimed or not; null for none. */
    @Nullable
    Algorithm algorithm() {
        return algorithm;
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

    private static boolean hasTrailers(PayloadSignature payload) {
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
