package io.azekura.actors.object;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * A pool of byte arrays of one size, shared by all requests of a node. Bounded: what does not fit is left to the
 * collector, and so is every buffer that a hung drive may still touch. Contents are arbitrary.
 */
final class ShardBuffers {
    /** Idle buffers kept: 16 MiB in all, the working set of a handful of concurrent bodies. */
    private static final int IDLE_COUNT_MAX = 128;

    private final int bytes;
    private final ArrayBlockingQueue<byte[]> idle = new ArrayBlockingQueue<>(IDLE_COUNT_MAX);

    ShardBuffers(int bytes) {
        this.bytes = bytes;
    }

    /** As many buffers as asked for, each of the pool's size. */
    byte[][] take(int count) {
        byte[][] taken = new byte[count][];
        for (int i = 0; i < count; i++) {
            byte[] pooled = idle.poll();
            taken[i] = pooled != null ? pooled : new byte[bytes];
        }
        return taken;
    }

    /** Takes buffers back; the caller and its drives must not touch them any more. */
    void give(byte[][] buffers) {
        for (byte[] buffer : buffers) {
            if (!idle.offer(buffer)) {
                return;
            }
        }
    }
}
