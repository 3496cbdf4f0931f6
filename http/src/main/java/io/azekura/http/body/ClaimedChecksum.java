package io.azekura.http.body;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.RawRequest;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one checksum that a client may send with a body.
 *
 * @param value what it claims; null when the value follows the body as a trailer
 */
record ClaimedChecksum(Algorithm algorithm, @Nullable Bytes value) {
    private static final String SINGLE =
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";

    /**
     * Reads it from the headers, empty when there is none.
     *
     * @param trailersMayFollow whether the form of the body has room for trailers
     * @throws S3Exception InvalidRequest for more than one, an unknown algorithm or a malformed value
     */
    static Optional<ClaimedChecksum> of(RawRequest request, boolean trailersMayFollow) {
        List<ClaimedChecksum> claims = new ArrayList<>(1);
        for (String name : request.headerNames()) {
            if (ChecksumName.isValueHeader(name)) {
                Algorithm algorithm = ChecksumName.ofHeader(name);
                for (String value : request.values(name)) {
                    claims.add(new ClaimedChecksum(algorithm, decode(algorithm, value, "header")));
                }
            }
        }
        for (String name : trailerNames(request, trailersMayFollow)) {
            claims.add(new ClaimedChecksum(ChecksumName.ofHeader(name), null));
        }
        if (claims.size() > 1) {
            throw S3Error.INVALID_REQUEST.asException(SINGLE);
        }
        Optional<ClaimedChecksum> claim = claims.stream().findFirst();
        checkAnnounced(request, claim);
        return claim;
    }

    /** Reads a claimed value; InvalidRequest when it cannot be one. {@code place} is where it stood. */
    static Bytes decode(Algorithm algorithm, String base64, String place) {
        return ChecksumName.decode(algorithm, base64)
                .orElseThrow(() -> S3Error.INVALID_REQUEST.asException(
                        "Value for " + ChecksumName.header(algorithm) + " " + place + " is invalid."));
    }

    private static List<String> trailerNames(RawRequest request, boolean trailersMayFollow) {
        List<String> names = new ArrayList<>(1);
        for (String line : request.values("x-amz-trailer")) {
            for (String item : line.split(",", -1)) {
                String name = item.strip().toLowerCase(Locale.ROOT);
                if (!trailersMayFollow || !ChecksumName.isValueHeader(name)) {
                    throw S3Error.INVALID_REQUEST.asException(
                            "The value specified in the x-amz-trailer header is not supported");
                }
                names.add(name);
            }
        }
        return names;
    }

    /** {@code x-amz-sdk-checksum-algorithm} must say the same as the checksum itself. */
    private static void checkAnnounced(RawRequest request, Optional<ClaimedChecksum> claim) {
        for (String name : request.values("x-amz-sdk-checksum-algorithm")) {
            Algorithm announced = ChecksumName.of(name)
                    .orElseThrow(() -> S3Error.INVALID_REQUEST.asException("Checksum algorithm provided is unsupported."
                            + " Please try again with any of the valid types: " + ChecksumName.list()));
            if (claim.isEmpty()) {
                throw S3Error.INVALID_REQUEST.asException(
                        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer"
                                + " headers were found.");
            }
            if (claim.get().algorithm() != announced) {
                throw S3Error.INVALID_REQUEST.asException("Value for x-amz-sdk-checksum-algorithm header is invalid.");
            }
        }
    }
}
