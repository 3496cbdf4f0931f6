package io.azekura.http.body;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How checksums are called and written in requests. */
final class ChecksumName {
    static final String PREFIX = "x-amz-checksum-";
    static final int CRC32_BYTES = 4;
    static final int CRC64_BYTES = 8;

    /** Headers with the prefix that carry no value of a checksum. */
    private static final Set<String> NO_VALUES = Set.of(PREFIX + "algorithm", PREFIX + "mode", PREFIX + "type");

    /** What Amazon accepts since 2026 and we do not: refused, as an unverified checksum must not look verified. */
    private static final Set<String> NOT_IMPLEMENTED = Set.of("md5", "sha512", "xxhash128", "xxhash3", "xxhash64");

    private ChecksumName() {}

    static boolean isValueHeader(String lowerCaseName) {
        return lowerCaseName.startsWith(PREFIX) && !NO_VALUES.contains(lowerCaseName);
    }

    /**
     * The algorithm of a header or trailer.
     *
     * @throws S3Exception InvalidRequest for an unknown one, NotImplemented for one that only Amazon has
     */
    static Algorithm ofHeader(String lowerCaseName) {
        String suffix = lowerCaseName.substring(PREFIX.length());
        if (NOT_IMPLEMENTED.contains(suffix)) {
            throw S3Error.NOT_IMPLEMENTED
                    .asException("The checksum algorithm of " + lowerCaseName + " is not implemented.")
                    .with("Header", lowerCaseName);
        }
        return of(suffix)
                .orElseThrow(() -> S3Error.INVALID_REQUEST.asException(
                        "The algorithm type you specified in x-amz-checksum- header is invalid."));
    }

    /** The algorithm of this name in either case. */
    static Optional<Algorithm> of(String name) {
        return Arrays.stream(Algorithm.values())
                .filter(algorithm -> algorithm.name().equalsIgnoreCase(name))
                .findFirst();
    }

    static String header(Algorithm algorithm) {
        return PREFIX + algorithm.name().toLowerCase(Locale.ROOT);
    }

    /** All names, as errors list them. */
    static String list() {
        List<Algorithm> all = List.of(Algorithm.values());
        return all.stream().map(Algorithm::name).collect(Collectors.joining(", ", "[", "]"));
    }

    /** The value of a header or trailer; empty unless it is the Base64 of as many bytes as the algorithm has. */
    static Optional<Bytes> decode(Algorithm algorithm, String base64) {
        return decode(base64, length(algorithm));
    }

    static Optional<Bytes> decode(String base64, int length) {
        try {
            byte[] value = Base64.getDecoder().decode(base64);
            boolean padded = base64.length() % 4 == 0;
            return padded && value.length == length ? Optional.of(Bytes.wrap(value)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int length(Algorithm algorithm) {
        return switch (algorithm) {
            case CRC32, CRC32C -> CRC32_BYTES;
            case CRC64NVME -> CRC64_BYTES;
            case SHA1 -> 20;
            case SHA256 -> 32;
        };
    }
}
