package io.azekura.http.sigv4;

/** How a believed signature covers the body of its request. */
public sealed interface PayloadSignature {
    /**
     * The signature covers the SHA-256 of the body.
     *
     * @param sha256 sixty-four hexadecimal digits of either case
     */
    record Hashed(String sha256) implements PayloadSignature {}

    /** The body is not covered. */
    enum Unsigned implements PayloadSignature {
        INSTANCE
    }

    /** The body comes in chunks, which nothing covers, and may be followed by trailers. */
    enum UnsignedChunks implements PayloadSignature {
        INSTANCE
    }

    /** The body comes in chunks, each signed, the first signature being chained to that of the head. */
    final class SignedChunks implements PayloadSignature {
        private final SigningKey key;
        private final String timestamp;
        private final String scope;
        private final String seed;
        private final boolean trailers;

        SignedChunks(SigningKey key, SignatureClaim claim) {
            this.key = key;
            this.timestamp = claim.timestamp();
            this.scope = claim.scope().text();
            this.seed = claim.signature();
            this.trailers = claim.payload() == PayloadKind.SIGNED_CHUNKS_WITH_TRAILER;
        }

        /** Whether trailers may follow the last chunk. */
        public boolean hasTrailers() {
            return trailers;
        }

        /** A verifier for one reading of the body. */
        public ChunkVerifier newVerifier() {
            return new ChunkVerifier(key, timestamp + "\n" + scope, seed);
        }
    }
}
