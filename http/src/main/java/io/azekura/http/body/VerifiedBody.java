package io.azekura.http.body;

import io.azekura.persistence.model.Checksum;
import java.util.List;

/**
 * What is known of a body that has come completely and was what the client and its signature claimed.
 *
 * @param etag its MD5 in lower-case hexadecimal, without quotes
 * @param checksums at most one
 */
public record VerifiedBody(long length, String etag, List<Checksum> checksums) {
    public VerifiedBody {
        checksums = List.copyOf(checksums);
    }
}
