package io.azekura.multijvm.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.multijvm.harness.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The AWS SDK for Java with its defaults, signed chunks and checksum trailers among them, stores real files of all sizes
 * and gets them back bit for bit, also after a restart.
 */
class AwsSdkIT {
    private static final String BUCKET = "real-files";
    private static final int FILES = 300;
    private static final int FILE_BYTES_MAX = 8 << 20;
    private static final int LARGE_BYTES = 64 << 20;
    private static final String LARGE_KEY = "large/64MiB";

    @Test
    void realFilesOfAllSizesComeBackBitForBit(@TempDir Path directory) throws Exception {
        Map<String, Path> files = realFiles();
        files.put(LARGE_KEY, largeFile(directory.resolve("large")));
        try (TestNode node = new TestNode(directory.resolve("node"), 4)) {
            node.start();
            try (S3Client client = node.client()) {
                client.createBucket(create -> create.bucket(BUCKET));
                assertEquals(BUCKET, client.listBuckets().buckets().get(0).name());
                files.forEach((key, file) -> client.putObject(
                        put -> put.bucket(BUCKET)
                                .key(key)
                                .metadata(Map.of("origin", file.getFileName().toString())),
                        RequestBody.fromFile(file)));
                assertStored(client, files);
                assertListed(client, files);
                assertRangesRead(client, files.get(LARGE_KEY));
            }
            node.stop();
            node.start();
            try (S3Client client = node.client()) {
                assertStored(client, files);
                assertListed(client, files);
                assertDeletable(client, files);
            }
        }
    }

    @Test
    void everyChecksumOfTheSdkIsTakenAndAnswered(@TempDir Path directory) throws Exception {
        try (TestNode node = new TestNode(directory, 4)) {
            node.start();
            try (S3Client client = node.client()) {
                client.createBucket(create -> create.bucket(BUCKET));
                byte[] bytes = new byte[300_000];
                new SplittableRandom(7).nextBytes(bytes);
                for (ChecksumAlgorithm algorithm : List.of(
                        ChecksumAlgorithm.CRC32,
                        ChecksumAlgorithm.CRC32_C,
                        ChecksumAlgorithm.SHA1,
                        ChecksumAlgorithm.SHA256)) {
                    String key = algorithm.toString();
                    client.putObject(
                            put -> put.bucket(BUCKET).key(key).checksumAlgorithm(algorithm),
                            RequestBody.fromBytes(bytes));
                    byte[] read = client.getObjectAsBytes(
                                    get -> get.bucket(BUCKET).key(key).checksumMode(ChecksumMode.ENABLED))
                            .asByteArray();
                    assertArrayEquals(bytes, read, key);
                }
            }
        }
    }

    private static void assertStored(S3Client client, Map<String, Path> files) throws Exception {
        for (Map.Entry<String, Path> entry : files.entrySet()) {
            String key = entry.getKey();
            Path file = entry.getValue();
            HeadObjectResponse head =
                    client.headObject(get -> get.bucket(BUCKET).key(key));
            assertEquals(Files.size(file), head.contentLength(), key);
            assertEquals(file.getFileName().toString(), head.metadata().get("origin"), key);
            try (InputStream stored = client.getObject(get -> get.bucket(BUCKET).key(key));
                    InputStream original = Files.newInputStream(file)) {
                assertEquals(sha256(original), sha256(stored), key);
            }
        }
    }

    private static void assertListed(S3Client client, Map<String, Path> files) {
        List<String> listed = client
                .listObjectsV2Paginator(list -> list.bucket(BUCKET).maxKeys(50))
                .contents()
                .stream()
                .map(S3Object::key)
                .toList();
        assertEquals(List.copyOf(files.keySet()), listed);
        ListObjectsV2Response top =
                client.listObjectsV2(list -> list.bucket(BUCKET).delimiter("/"));
        assertEquals(
                List.of("files/", "large/"),
                top.commonPrefixes().stream().map(CommonPrefix::prefix).toList());
        assertTrue(top.contents().isEmpty());
    }

    private static void assertRangesRead(S3Client client, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 50; round++) {
            int first = random.nextInt(bytes.length);
            int last = Math.min(bytes.length - 1, first + random.nextInt(round % 2 == 0 ? 5_000 : 900_000));
            byte[] range = client.getObjectAsBytes(
                            get -> get.bucket(BUCKET).key(LARGE_KEY).range("bytes=" + first + "-" + last))
                    .asByteArray();
            assertArrayEquals(Arrays.copyOfRange(bytes, first, last + 1), range, first + "-" + last);
        }
    }

    private static void assertDeletable(S3Client client, Map<String, Path> files) {
        for (String key : files.keySet()) {
            client.deleteObject(delete -> delete.bucket(BUCKET).key(key));
        }
        String gone = files.keySet().iterator().next();
        assertThrows(
                NoSuchKeyException.class,
                () -> client.headObject(head -> head.bucket(BUCKET).key(gone)));
        assertFalse(client.listObjectsV2(list -> list.bucket(BUCKET)).hasContents());
        client.deleteBucket(delete -> delete.bucket(BUCKET));
        assertTrue(client.listBuckets().buckets().isEmpty());
    }

    /** Files of the Java that runs this test: there is one wherever this test can run. In order of their keys. */
    private static SortedMap<String, Path> realFiles() throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> walk = Files.walk(home)) {
            for (Path file : (Iterable<Path>) walk.filter(AwsSdkIT::isUsable).limit(FILES)::iterator) {
                files.put("files/" + home.relativize(file), file);
            }
        }
        assertTrue(files.size() > 30, "hardly any file in " + home);
        return files;
    }

    private static boolean isUsable(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.isReadable(file)
                    && Files.size(file) <= FILE_BYTES_MAX;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path largeFile(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(64);
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int written = 0; written < LARGE_BYTES; written += piece.length) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        return file;
    }

    private static String sha256(InputStream in) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[64 << 10];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            digest.update(piece, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
