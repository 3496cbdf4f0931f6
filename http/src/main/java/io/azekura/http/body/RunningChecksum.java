package io.azekura.http.body;

import io.azekura.persistence.checksum.Crc64Nvme;
import io.azekura.persistence.model.Checksum.Algorithm;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** A checksum on its way over a body. For one thread at a time. */
interface RunningChecksum {
    void update(byte[] bytes, int offset, int length);

    /** The value as S3 encodes it before Base64: cyclic redundancy checks most significant byte first. */
    byte[] value();

    static RunningChecksum of(Algorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> new Cyclic(new CRC32(), ChecksumName.CRC32_BYTES);
            case CRC32C -> new Cyclic(new CRC32C(), ChecksumName.CRC32_BYTES);
            case CRC64NVME -> new Cyclic(new Crc64Nvme(), ChecksumName.CRC64_BYTES);
            case SHA1 -> digest("SHA-1");
            case SHA256 -> digest("SHA-256");
        };
    }

    /** One of the digests that every Java platform has. */
    static RunningChecksum digest(String name) {
        try {
            return new Digest(MessageDigest.getInstance(name));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Any checksum of the JDK's shape, of which the lowest {@code bytes} count. */
    record Cyclic(Checksum checksum, int bytes) implements RunningChecksum {
        @Override
        public void update(byte[] array, int offset, int length) {
            checksum.update(array, offset, length);
        }

        @Override
        public byte[] value() {
            byte[] value = new byte[bytes];
            byte[] whole =
                    ByteBuffer.allocate(Long.BYTES).putLong(checksum.getValue()).array();
            System.arraycopy(whole, whole.length - bytes, value, 0, bytes);
            return value;
        }
    }

    record Digest(MessageDigest digest) implements RunningChecksum {
        @Override
        public void update(byte[] array, int offset, int length) {
            digest.update(array, offset, length);
        }

        @Override
        public byte[] value() {
            return digest.digest();
        }
    }
}
