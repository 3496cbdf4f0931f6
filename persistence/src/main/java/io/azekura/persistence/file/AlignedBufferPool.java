package io.azekura.persistence.file;

import io.azekura.persistence.Check;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Direct buffers that begin at a multiple of {@link #ALIGNMENT}, as direct I/O demands, in sizes that are powers of
 * two. Lending never waits, since a request that holds some buffers while it waits for others could wait for ever;
 * how many are out at once is bounded by whoever admits requests. Any thread.
 */
public final class AlignedBufferPool {
    /** Alignment of memory, file offsets and lengths for direct I/O: the page and block size of what we run on. */
    public static final int ALIGNMENT = 4096;

    /** Largest buffer, in bytes: one write or read of this size runs at the full rate of a drive. */
    public static final int BYTES_MAX = 1 << 20;

    private static final int BYTES_MIN = 1 << 15;

    private final List<ConcurrentLinkedDeque<ByteBuffer>> idle;
    private final AtomicLong idleBytes = new AtomicLong();
    private final long idleBytesMax;

    /** Keeps at most {@code idleBytesMax} bytes that nobody uses; what comes back beyond that is left to the collector. */
    public AlignedBufferPool(long idleBytesMax) {
        this.idleBytesMax = idleBytesMax;
        this.idle = IntStream.rangeClosed(0, sizeClass(BYTES_MAX))
                .mapToObj(size -> new ConcurrentLinkedDeque<ByteBuffer>())
                .toList();
    }

    /** A cleared buffer of at least that many bytes, or of {@link #BYTES_MAX} if more are asked for. Not zeroed. */
    public ByteBuffer acquire(long bytes) {
        int capacity = capacity(bytes);
        ByteBuffer pooled = idle.get(sizeClass(capacity)).pollFirst();
        if (pooled != null) {
            idleBytes.addAndGet(-capacity);
            return pooled.clear();
        }
        return ByteBuffer.allocateDirect(capacity + ALIGNMENT - 1)
                .alignedSlice(ALIGNMENT)
                .slice(0, capacity);
    }

    /** Takes back a buffer of {@link #acquire}, which the caller must not touch any more. */
    public void release(ByteBuffer buffer) {
        int capacity = buffer.capacity();
        Check.argument(capacity == capacity(capacity), "buffer of " + capacity + " bytes is not of this pool");
        if (idleBytes.addAndGet(capacity) <= idleBytesMax) {
            idle.get(sizeClass(capacity)).addFirst(buffer);
        } else {
            idleBytes.addAndGet(-capacity);
        }
    }

    private static int capacity(long bytes) {
        if (bytes <= BYTES_MIN) {
            return BYTES_MIN;
        }
        return bytes >= BYTES_MAX ? BYTES_MAX : Integer.highestOneBit((int) bytes - 1) << 1;
    }

    private static int sizeClass(int capacity) {
        return Integer.numberOfTrailingZeros(capacity) - Integer.numberOfTrailingZeros(BYTES_MIN);
    }
}
