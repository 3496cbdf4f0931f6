package io.azekura.persistence.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Writes log segments to real files until it is told to fail. Files that are only being prepared never fail. */
public final class FailingDisk implements SegmentChannel.Opener {
    private final AtomicLong writes = new AtomicLong();
    private volatile boolean isFailing;
    private volatile Step beforeSync = () -> {};

    /** Something to do at a given moment. */
    @FunctionalInterface
    public interface Step {
        void run() throws InterruptedException;
    }

    public void failSyncs(boolean fail) {
        isFailing = fail;
    }

    public void beforeSync(Step step) {
        beforeSync = step;
    }

    public long writes() {
        return writes.get();
    }

    @Override
    public SegmentChannel open(Path file, boolean direct) throws IOException {
        SegmentChannel real = FILES.open(file, direct);
        return file.toString().endsWith(".log") ? new Segment(real) : real;
    }

    private final class Segment implements SegmentChannel {
        private final SegmentChannel real;

        Segment(SegmentChannel real) {
            this.real = real;
        }

        @Override
        public void write(ByteBuffer blocks, long offset) throws IOException {
            writes.incrementAndGet();
            real.write(blocks, offset);
        }

        @Override
        public void force() throws IOException {
            try {
                beforeSync.run();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (isFailing) {
                throw new IOException("Input/output error");
            }
            real.force();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
