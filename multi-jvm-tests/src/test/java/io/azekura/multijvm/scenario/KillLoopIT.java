package io.azekura.multijvm.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.multijvm.harness.Seed;
import io.azekura.multijvm.harness.TestNode;
import io.azekura.multijvm.harness.WriterClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Writers put, overwrite and delete objects of all sizes while the server's process is killed at random moments. After
 * every restart each key shows its acknowledged state, or that of a request which never got its answer, bit for bit;
 * and the listing shows exactly the keys that exist.
 *
 * <p>{@code -Dazekura.test.kills} and {@code -Dazekura.test.seed} choose more kills and repeat a run. It does not
 * verify power loss: what the kernel holds survives a killed process.
 */
class KillLoopIT {
    private static final int WRITERS = 4;
    private static final int KEYS_PER_WRITER = 25;
    private static final int LOAD_MILLIS_MAX = 2_500;
    private static final String BUCKET = "kill-loop";

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void noAcknowledgedWriteIsLostAndNoOtherIsHalfVisible(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        int kills = Integer.getInteger("azekura.test.kills", 10);
        Seed seed = Seed.draw();
        SplittableRandom random = new SplittableRandom(seed.value());
        List<WriterClient> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            writers.add(new WriterClient(BUCKET, "writer" + writer + "/", KEYS_PER_WRITER, random.nextLong()));
        }
        Duration slowest = Duration.ZERO;
        try (TestNode node = new TestNode(directory, 4)) {
            node.start();
            try (S3Client client = node.client()) {
                client.createBucket(create -> create.bucket(BUCKET));
            }
            for (int kill = 1; kill <= kills; kill++) {
                loadAndKill(node, writers, random.nextInt(LOAD_MILLIS_MAX));
                Duration restart = node.start();
                slowest = slowest.compareTo(restart) > 0 ? slowest : restart;
                verify(node, writers, seed + ", kill " + kill);
            }
            assertEquals(143, node.stop());
        } finally {
            threads.shutdownNow();
        }
        long acknowledged =
                writers.stream().mapToLong(WriterClient::acknowledged).sum();
        long failed = writers.stream().mapToLong(WriterClient::failed).sum();
        writers.forEach(writer -> writer.repeatedReads().forEach(System.out::println));
        System.out.println("kill loop: " + kills + " kills, " + acknowledged + " acknowledged and " + failed
                + " failed requests, slowest restart " + slowest.toMillis() + " ms, " + seed);
        assertTrue(acknowledged > kills, "the writers hardly ever got an answer; " + seed);
    }

    private void loadAndKill(TestNode node, List<WriterClient> writers, int millis) throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        try (S3Client client = node.clientWithoutRetries()) {
            List<Future<?>> running = new ArrayList<>();
            for (WriterClient writer : writers) {
                running.add(threads.submit(() -> {
                    while (!killed.get()) {
                        writer.step(client);
                    }
                    return null;
                }));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            node.kill();
            killed.set(true);
            for (Future<?> writer : running) {
                writer.get();
            }
        }
    }

    private static void verify(TestNode node, List<WriterClient> writers, String run) {
        TreeSet<String> present = new TreeSet<>();
        try (S3Client client = node.client()) {
            for (WriterClient writer : writers) {
                int before = writer.repeatedReads().size();
                writer.verifyAll(client);
                if (writer.repeatedReads().size() > before) {
                    System.out.println("repeated reads in " + run + ", the node's log:\n" + node.tail());
                }
                assertEquals(List.of(), writer.violations(), () -> run + "\n" + node.tail());
                present.addAll(writer.present());
            }
            TreeSet<String> listed = new TreeSet<>();
            client.listObjectsV2Paginator(list -> list.bucket(BUCKET).maxKeys(17)).contents().stream()
                    .map(S3Object::key)
                    .forEach(listed::add);
            assertEquals(present, listed, run);
        }
    }
}
