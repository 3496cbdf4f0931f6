package io.azekura.multijvm.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.azekura.multijvm.harness.Content;
import io.azekura.multijvm.harness.Damage;
import io.azekura.multijvm.harness.TestNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Four drives, two of data and two of parity: whichever two directories are emptied or filled with garbage, while the
 * node is stopped or running, every object stays readable and listed.
 */
class DriveLossIT {
    private static final String BUCKET = "drive-loss";
    private static final int[] LENGTHS = {0, 1, 4_096, 16_384, 16_385, 100_000, 131_072, 131_073, 700_000, 5_000_000};
    private static final int DRIVES = 4;

    private final Map<String, Content> objects = new LinkedHashMap<>();

    @Test
    void anyTwoDrivesMayBeEmptiedOrFilledWithGarbageWhileTheNodeIsStopped(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (TestNode node = new TestNode(directory, DRIVES)) {
            node.start();
            store(node);
            node.stop();
            Path saved = directory.resolve("saved");
            Damage.copy(node.drives(), saved);
            int round = 0;
            for (List<Path> pair : pairs(node.drives())) {
                Damage damage = round++ % 2 == 0 ? Damage.EMPTIED : Damage.GARBAGE;
                for (Path drive : pair) {
                    damage.apply(drive, new SplittableRandom(round));
                }
                node.start();
                assertAllReadable(node, damage + " " + pair);
                node.stop();
                Damage.restore(saved, node.drives());
            }
        }
    }

    @Test
    void anyTwoDrivesMayBeEmptiedOrFilledWithGarbageWhileTheNodeRuns(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        for (Damage damage : Damage.values()) {
            try (TestNode node = new TestNode(directory.resolve(damage.name()), DRIVES).underLauncher()) {
                node.start();
                store(node);
                damage.apply(node.drives().get(0), new SplittableRandom(1));
                damage.apply(node.drives().get(3), new SplittableRandom(2));
                assertAllReadable(node, damage + " while running");
                node.kill();
                node.awaitReady();
                assertAllReadable(node, damage + " after a restart");
            }
        }
    }

    private void store(TestNode node) {
        objects.clear();
        try (S3Client client = node.client()) {
            client.createBucket(create -> create.bucket(BUCKET));
            for (int number = 0; number < 3 * LENGTHS.length; number++) {
                String key = "objects/" + number;
                Content content = new Content(number, LENGTHS[number % LENGTHS.length]);
                client.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromBytes(content.bytes()));
                objects.put(key, content);
            }
        }
    }

    private void assertAllReadable(TestNode node, String what) {
        try (S3Client client = node.client()) {
            objects.forEach((key, content) -> assertArrayEquals(
                    content.bytes(),
                    client.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asByteArray(),
                    () -> key + ": " + what));
            TreeSet<String> listed = new TreeSet<>();
            client.listObjectsV2Paginator(list -> list.bucket(BUCKET)).contents().stream()
                    .map(S3Object::key)
                    .forEach(listed::add);
            assertEquals(new TreeSet<>(objects.keySet()), listed, what);
        }
    }

    private static List<List<Path>> pairs(List<Path> drives) throws IOException {
        List<List<Path>> pairs = new ArrayList<>();
        for (int first = 0; first < drives.size(); first++) {
            for (int second = first + 1; second < drives.size(); second++) {
                pairs.add(List.of(drives.get(first), drives.get(second)));
            }
        }
        return pairs;
    }
}
