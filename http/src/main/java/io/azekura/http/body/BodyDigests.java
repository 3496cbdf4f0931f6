package io.azekura.http.body;

import akka.util.ByteString;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All digests of one body, taken in one pass: the data go through a small cell that stays in the nearest cache while
 * every digest reads it, as the JDK's digests are fast on arrays only. For one thread at a time.
 */
final class BodyDigests {
    private static final int CELL_BYTES = 16 * 1024;

    private final BodyPlan plan;
    private final RunningChecksum md5 = RunningChecksum.digest("MD5");
    private final @Nullable RunningChecksum sha256;
    private final @Nullable RunningChecksum checksum;
    private final List<RunningChecksum> all = new ArrayList<>(3);
    private final byte[] cell;

    BodyDigests(BodyPlan plan) {
        this.plan = plan;
        this.sha256 = plan.sha256() == null ? null : RunningChecksum.of(Algorithm.SHA256);
        Algorithm algorithm = plan.algorithm();
        this.checksum = algorithm == null ? null : RunningChecksum.of(algorithm);
        this.cell = new byte[(int) Math.min(CELL_BYTES, plan.length())];
        all.add(md5);
        Optional.ofNullable(sha256).ifPresent(all::add);
        Optional.ofNullable(checksum).ifPresent(all::add);
    }

    void update(ByteString data) {
        for (int from = 0; from < data.length(); from += cell.length) {
            int length = Math.min(cell.length, data.length() - from);
            data.slice(from, from + length).copyToArray(cell, 0, length);
            for (RunningChecksum each : all) {
                each.update(cell, 0, length);
            }
        }
    }

    /**
     * Ends the body and compares what was claimed.
     *
     * @param trailers by lower-case name
     * @throws S3Exception XAmzContentSHA256Mismatch, BadDigest, or InvalidRequest for a malformed trailer
     */
    VerifiedBody finish(Map<String, String> trailers) {
        if (sha256 != null && plan.sha256() != null) {
            requireSha256(plan.sha256(), sha256.value());
        }
        byte[] etag = md5.value();
        Bytes claimedMd5 = plan.contentMd5();
        if (claimedMd5 != null && !MessageDigest.isEqual(claimedMd5.array(), etag)) {
            throw S3Error.BAD_DIGEST
                    .asException()
                    .with("ExpectedDigest", base64(claimedMd5.array()))
                    .with("CalculatedDigest", base64(etag));
        }
        return new VerifiedBody(plan.length(), HexFormat.of().formatHex(etag), checksums(trailers));
    }

    private List<Checksum> checksums(Map<String, String> trailers) {
        Algorithm algorithm = plan.algorithm();
        if (algorithm == null || checksum == null) {
            return List.of();
        }
        byte[] value = checksum.value();
        ClaimedChecksum claim = plan.claimed();
        if (claim != null
                && !MessageDigest.isEqual(claimedValue(claim, trailers).array(), value)) {
            throw S3Error.BAD_DIGEST.asException(
                    "The " + algorithm.name() + " you specified did not match the calculated checksum.");
        }
        return List.of(new Checksum(algorithm, Checksum.Type.FULL_OBJECT, base64(value)));
    }

    private static Bytes claimedValue(ClaimedChecksum claim, Map<String, String> trailers) {
        if (claim.value() != null) {
            return claim.value();
        }
        String trailer = trailers.getOrDefault(ChecksumName.header(claim.algorithm()), "");
        return ClaimedChecksum.decode(claim.algorithm(), trailer, "trailing header");
    }

    private static void requireSha256(Bytes claimed, byte[] computed) {
        if (!MessageDigest.isEqual(claimed.array(), computed)) {
            throw S3Error.X_AMZ_CONTENT_SHA256_MISMATCH
                    .asException()
                    .with("ClientComputedContentSHA256", HexFormat.of().formatHex(claimed.array()))
                    .with("S3ComputedContentSHA256", HexFormat.of().formatHex(computed));
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
