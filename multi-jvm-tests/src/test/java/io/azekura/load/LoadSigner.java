package io.azekura.load;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with Signature Version 4 by header, body unsigned ({@code UNSIGNED-PAYLOAD}); the signing key of the
 * day is derived once. One per thread. Source: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API.
 */
final class LoadSigner {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern(
                    "yyyyMMdd'T'HHmmss'Z'", java.util.Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String SIGNED_HEADERS = "host;x-amz-content-sha256;x-amz-date";

    private final String accessKey;
    private final String secretKey;
    private final String host;
    private String day = "";
    private byte[] signingKey = new byte[0];

    LoadSigner(String accessKey, String secretKey, String host) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.host = host;
    }

    /** The request head up to and including the empty line. Path and query must be in canonical form already. */
    byte[] head(String method, String path, String query, long contentLength) {
        try {
            String stamp = STAMP.format(Instant.now());
            String scope = stamp.substring(0, 8) + "/us-east-1/s3/aws4_request";
            String canonical = method + "\n" + path + "\n" + query + "\nhost:" + host
                    + "\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:" + stamp + "\n\n" + SIGNED_HEADERS
                    + "\nUNSIGNED-PAYLOAD";
            String toSign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + sha256(canonical);
            String signature = HexFormat.of().formatHex(hmac(keyOf(stamp.substring(0, 8)), toSign));
            String head = method + " " + path + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\nHost: " + host
                    + "\r\nx-amz-date: " + stamp + "\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD"
                    + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope + ", SignedHeaders="
                    + SIGNED_HEADERS + ", Signature=" + signature
                    + (method.equals("PUT") ? "\r\nContent-Length: " + contentLength : "") + "\r\n\r\n";
            return head.getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private byte[] keyOf(String today) throws GeneralSecurityException {
        if (!today.equals(day)) {
            byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
            for (String part : new String[] {today, "us-east-1", "s3", "aws4_request"}) {
                key = hmac(key, part);
            }
            signingKey = key;
            day = today;
        }
        return signingKey;
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(String text) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
