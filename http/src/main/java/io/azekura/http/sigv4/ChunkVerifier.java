package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Verifies the signatures of a chunked body, each of which covers its predecessor: chunks can be neither altered, nor
 * left out, nor exchanged, nor repeated. Formats: "Signature calculations for the Authorization header: transferring
 * payload in multiple chunks" and "… including trailing headers" in Amazon S3's API reference. For one thread at a time.
 */
public final class ChunkVerifier {
    private static final String EMPTY_SHA256 = Sha256.hex("");

    private final SigningKey key;
    private final String timestampAndScope;
    private final MessageDigest chunk = Sha256.newDigest();
    private String previous;

    ChunkVerifier(SigningKey key, String timestampAndScope, String seed) {
        this.key = key;
        this.timestampAndScope = timestampAndScope;
        this.previous = seed;
    }

    /** Adds bytes to the chunk that is being received. */
    public void update(ByteBuffer bytes) {
        chunk.update(bytes);
    }

    /**
     * Ends a chunk.
     *
     * @throws io.azekura.http.error.S3Exception SignatureDoesNotMatch unless this is its signature
     */
    public void endChunk(String signature) {
        String hash = HexFormat.of().formatHex(chunk.digest());
        verify(
                signature,
                "AWS4-HMAC-SHA256-PAYLOAD\n" + timestampAndScope + "\n" + previous + "\n" + EMPTY_SHA256 + "\n" + hash);
    }

    /**
     * Ends the trailers.
     *
     * @param trailers for each trailer its lower-case name, a colon, its value and a line feed, as it was received
     * @throws io.azekura.http.error.S3Exception SignatureDoesNotMatch unless this is their signature
     */
    public void endTrailers(String trailers, String signature) {
        verify(
                signature,
                "AWS4-HMAC-SHA256-TRAILER\n" + timestampAndScope + "\n" + previous + "\n" + Sha256.hex(trailers));
    }

    private void verify(String signature, String stringToSign) {
        if (!key.verifies(signature, stringToSign)) {
            throw S3Error.SIGNATURE_DOES_NOT_MATCH.asException();
        }
        previous = signature;
    }
}
