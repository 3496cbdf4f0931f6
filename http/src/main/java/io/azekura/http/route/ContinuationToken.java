package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.Bytes;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a listing goes on. Holds all that any node needs, so it never expires and no node remembers it.
 *
 * <pre>
 * token   := base64url(version crc from)     without padding
 * version := %x01
 * crc     := 4 bytes, big-endian CRC32C of the bucket's name, a NUL, and from
 * from    := the least key that may be listed
 * </pre>
 *
 * The checksum catches tokens that were cut, altered, or meant for another bucket. It is no secret: a token grants
 * nothing that {@code start-after} would not.
 */
final class ContinuationToken {
    private static final byte VERSION = 1;
    private static final int CRC_OFFSET = 1;
    private static final int FROM_OFFSET = CRC_OFFSET + Integer.BYTES;

    private ContinuationToken() {}

    static String encode(BucketName bucket, Bytes from) {
        ByteBuffer token = ByteBuffer.allocate(FROM_OFFSET + from.length());
        token.put(VERSION).putInt(checksum(bucket, from)).put(from.array());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /** Fails with {@code InvalidArgument} for what {@link #encode} never gave out for this bucket. */
    static Bytes decode(BucketName bucket, String text) {
        ByteBuffer token;
        try {
            token = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw refusal();
        }
        if (token.remaining() < FROM_OFFSET || token.get() != VERSION) {
            throw refusal();
        }
        int crc = token.getInt();
        Bytes from = Bytes.copyOf(token);
        if (crc != checksum(bucket, from)) {
            throw refusal();
        }
        return from;
    }

    private static int checksum(BucketName bucket, Bytes from) {
        CRC32C crc = new CRC32C();
        crc.update(Bytes.utf8(bucket.value()).buffer());
        crc.update(0);
        crc.update(from.buffer());
        return (int) crc.getValue();
    }

    private static RuntimeException refusal() {
        return S3Error.INVALID_ARGUMENT
                .asException("The continuation token provided is incorrect")
                .with("ArgumentName", "continuation-token");
    }
}
