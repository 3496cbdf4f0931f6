package io.azekura.http.server;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Names for requests and for this process, which go with every answer so that a log line can be found by them. */
final class RequestIds {
    private static final int HOST_ID_BYTES = 48;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** {@code x-amz-id-2}: random for every start of the process, in the length that Amazon's have. */
    static final String HOST_ID = hostId();

    private RequestIds() {}

    /** {@code x-amz-request-id}: sixteen upper-case hexadecimal digits. */
    static String next() {
        return HEX.toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    private static String hostId() {
        byte[] bytes = new byte[HOST_ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
