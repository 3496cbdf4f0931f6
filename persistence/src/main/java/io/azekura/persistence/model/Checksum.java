package io.azekura.persistence.model;

/** A checksum of an object as S3 names and prints it: the algorithm, and the value in Base64. */
public record Checksum(Algorithm algorithm, Type type, String base64) {
    /** Number is the persistent form: never reused. */
    public enum Algorithm {
        CRC32(1),
        CRC32C(2),
        CRC64NVME(3),
        SHA1(4),
        SHA256(5);

        private final int number;

        Algorithm(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Whether the value covers the whole object, or the checksums of its parts. */
    public enum Type {
        FULL_OBJECT(1),
        COMPOSITE(2);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }
}
