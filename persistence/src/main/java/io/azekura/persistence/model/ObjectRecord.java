package io.azekura.persistence.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the register of an object says beside its bytes.
 *
 * @param time version time in microseconds since the epoch (hybrid: never below that of the version it replaced)
 * @param size length of the body in bytes
 * @param etag without quotes
 * @param headers system headers by lower-case name, given back as they were sent: content-type, cache-control, …
 * @param metadata user metadata by lower-case name without the {@code x-amz-meta-} prefix
 */
public record ObjectRecord(
        long time,
        long size,
        String etag,
        Map<String, String> headers,
        Map<String, String> metadata,
        List<Checksum> checksums) {
    public ObjectRecord {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        checksums = List.copyOf(checksums);
    }
}
