package io.azekura.persistence.bench;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time to write one durable shard file of 16 MiB, to read it in order, and to read 4 KiB anywhere in it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ShardFileBenchmark {
    private static final DataId READ = new DataId(1, 1);
    private static final int SHARD_BYTES = 16 << 20;
    private static final int UNIT_BYTES = 64 * 1024;
    private static final int SMALL_BYTES = 4096;

    private final ByteBuffer unit = ByteBuffer.allocateDirect(UNIT_BYTES);
    private final ByteBuffer small = ByteBuffer.allocateDirect(SMALL_BYTES);
    private final ByteBuffer large = ByteBuffer.allocateDirect(AlignedBufferPool.BYTES_MAX);
    private final Random random = new Random(1);
    private Path directory = Path.of("");
    private @Nullable ShardFiles files;
    private Drive.@Nullable ShardReader reader;
    private long sequence = 2;

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "shard-bench");
        ShardFiles opened = ShardFiles.open(directory, new AlignedBufferPool(16L << 20));
        write(opened, READ);
        reader = opened.open(READ, 0);
        files = opened;
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        opened(reader).close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path one : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(one);
            }
        }
    }

    @Benchmark
    public void writeDurably() throws IOException {
        DataId id = new DataId(1, sequence++);
        write(opened(files), id);
        opened(files).delete(id, 0);
    }

    @Benchmark
    public void readInOrder() throws IOException {
        for (long at = 0; at < SHARD_BYTES; at += large.capacity()) {
            opened(reader).read(at, large.clear());
        }
    }

    @Benchmark
    public void readAnywhere() throws IOException {
        opened(reader).read(random.nextInt(SHARD_BYTES - SMALL_BYTES), small.clear());
    }

    private void write(ShardFiles to, DataId id) throws IOException {
        Drive.ShardWriter writer = to.create(id, 0, SHARD_BYTES);
        for (int at = 0; at < SHARD_BYTES; at += UNIT_BYTES) {
            writer.append(unit.clear());
        }
        writer.finish();
    }

    private static <T> T opened(@Nullable T resource) {
        return Objects.requireNonNull(resource);
    }
}
