package io.azekura.persistence.bench;

import io.azekura.persistence.log.CommittedEntry;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogEntry;
import io.azekura.persistence.log.LogListener;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.log.RecordVisitor;
import io.azekura.persistence.log.SegmentChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Durable appends of 4 KiB a second, by clients that each wait for one before sending the next. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LogAppendBenchmark {
    private static final UUID DRIVE = new UUID(1, 2);
    private static final int PAYLOAD_BYTES = 4096;
    private static final LogSettings DEFAULTS = LogSettings.DEFAULTS;

    /** Logs on one device, each with a copy of every record, as a small object has. */
    @Param({"1", "4"})
    public int logs = 1;

    @Param({"true", "false"})
    public boolean direct = true;

    private Path directory = Path.of("");
    private DriveLog[] opened = {};

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "log-bench");
        LogSettings settings = new LogSettings(
                DEFAULTS.segmentBytes(),
                DEFAULTS.batchBytesMax(),
                DEFAULTS.pipelineBatchesMax(),
                DEFAULTS.lazyDelayMillis(),
                direct);
        opened = new DriveLog[logs];
        for (int i = 0; i < logs; i++) {
            Path log = directory.resolve("log" + i);
            DriveLog.create(log, DRIVE, settings);
            opened[i] = DriveLog.open(log, DRIVE, settings, SegmentChannel.Opener.FILES, LogPoint.START, new Nothing());
            opened[i].start(new Completing());
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        for (DriveLog log : opened) {
            log.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    @Threads(1)
    public void oneClient() throws ExecutionException, InterruptedException {
        append();
    }

    @Benchmark
    @Threads(16)
    public void sixteenClients() throws ExecutionException, InterruptedException {
        append();
    }

    @Benchmark
    @Threads(64)
    public void sixtyFourClients() throws ExecutionException, InterruptedException {
        append();
    }

    private void append() throws ExecutionException, InterruptedException {
        Entry[] entries = new Entry[opened.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new Entry();
            opened[i].append(entries[i]);
        }
        for (Entry entry : entries) {
            entry.done.get();
        }
    }

    private static final class Entry implements LogEntry {
        private static final byte[] PAYLOAD = new byte[PAYLOAD_BYTES];
        private final CompletableFuture<LogPosition> done = new CompletableFuture<>();

        @Override
        public byte type() {
            return 1;
        }

        @Override
        public int length() {
            return PAYLOAD.length;
        }

        @Override
        public void writeTo(ByteBuffer target) {
            target.put(PAYLOAD);
        }
    }

    private static final class Completing implements LogListener {
        @Override
        public void onCommitted(List<CommittedEntry> batch, LogPoint end) {
            for (CommittedEntry committed : batch) {
                ((Entry) committed.entry()).done.complete(committed.position());
            }
        }

        @Override
        public void onFailed(List<LogEntry> batch, IOException cause) {
            for (LogEntry entry : batch) {
                ((Entry) entry).done.completeExceptionally(cause);
            }
        }
    }

    private static final class Nothing implements RecordVisitor {
        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) {}

        @Override
        public void onBatchEnd(LogPoint end) {}
    }
}
