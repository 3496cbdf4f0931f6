package io.azekura.persistence.index;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time for one slot of an index with 200,000: put in batches of ten, looked up, and passed by a cursor. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DriveIndexBenchmark {
    private static final int KEYS = 200_000;
    private static final int BATCH = 10;
    private static final int PAGE = 1000;

    @Param({"true", "false"})
    public boolean compression = true;

    private final Random random = new Random(1);
    private Path directory = Path.of("");
    private @Nullable DriveIndex index;
    private int next;

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "index-bench");
        IndexSettings defaults = IndexSettings.DEFAULT;
        index = DriveIndex.open(
                directory,
                new IndexSettings(
                        defaults.cacheBytes(), defaults.writeBufferBytes(), compression, defaults.openFilesMax(), 0));
        while (next < KEYS) {
            putBatch();
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        opened().close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path one : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(one);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void put() throws IOException {
        putBatch();
    }

    @Benchmark
    public @Nullable StoredSlot get() throws IOException {
        return opened().get(key(random.nextInt(KEYS)));
    }

    @Benchmark
    public @Nullable StoredSlot getAbsent() throws IOException {
        return opened().get(new RegisterKey(7, Bytes.utf8("data/train/sample-" + random.nextInt() + ".absent")));
    }

    @Benchmark
    @OperationsPerInvocation(PAGE)
    public int scan() throws IOException {
        int passed = 0;
        try (SlotCursor cursor = opened().slots(7, key(random.nextInt(KEYS / 2)).key())) {
            while (passed < PAGE && cursor.next()) {
                passed++;
            }
        }
        return passed;
    }

    private void putBatch() throws IOException {
        IndexBatch batch = new IndexBatch();
        for (int i = 0; i < BATCH; i++, next++) {
            batch.putSlot(key(next % KEYS), DriveIndexTest.slot(next));
        }
        opened().write(batch.putCheckpoint(new IndexCheckpoint(1, 1, next)));
    }

    /** In no order: the multiplier is that of Fibonacci hashing. */
    private static RegisterKey key(int number) {
        return new RegisterKey(7, Bytes.utf8("data/train/sample-" + number * 0x9E3779B9 + ".bin"));
    }

    private DriveIndex opened() {
        return Objects.requireNonNull(index);
    }
}
