package io.azekura.persistence.bench;

import io.azekura.persistence.checksum.Crc64Nvme;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Checksums of a 64 KiB piece of a body, and of the 16 KiB blocks in which shard files carry them. */
@State(Scope.Thread)
public class ChecksumBenchmark {
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int BLOCK_BYTES = 16 * 1024;

    private final byte[] piece = new byte[PIECE_BYTES];

    @Setup
    public void fill() {
        new Random(1).nextBytes(piece);
    }

    @Benchmark
    public long crc32cOfEach16KiB(UserBytes counter) {
        long sum = 0;
        for (int offset = 0; offset < PIECE_BYTES; offset += BLOCK_BYTES) {
            CRC32C crc = new CRC32C();
            crc.update(piece, offset, BLOCK_BYTES);
            sum += crc.getValue();
        }
        counter.userBytes += PIECE_BYTES;
        return sum;
    }

    @Benchmark
    public long crc32(UserBytes counter) {
        return checksum(new CRC32(), counter);
    }

    @Benchmark
    public long crc64Nvme(UserBytes counter) {
        return checksum(new Crc64Nvme(), counter);
    }

    private long checksum(Checksum checksum, UserBytes counter) {
        checksum.update(piece, 0, PIECE_BYTES);
        counter.userBytes += PIECE_BYTES;
        return checksum.getValue();
    }

    @Benchmark
    public byte[] md5(UserBytes counter) throws NoSuchAlgorithmException {
        return digest("MD5", counter);
    }

    @Benchmark
    public byte[] sha1(UserBytes counter) throws NoSuchAlgorithmException {
        return digest("SHA-1", counter);
    }

    @Benchmark
    public byte[] sha256(UserBytes counter) throws NoSuchAlgorithmException {
        return digest("SHA-256", counter);
    }

    private byte[] digest(String algorithm, UserBytes counter) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        digest.update(piece);
        counter.userBytes += PIECE_BYTES;
        return digest.digest();
    }
}
