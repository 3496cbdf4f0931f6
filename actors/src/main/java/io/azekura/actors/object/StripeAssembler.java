package io.azekura.actors.object;

import io.azekura.persistence.erasure.ReedSolomon;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body into stripes and encodes them, batch by batch. The bytes are copied once, straight into the buffers that
 * the drives are written from. One thread at a time.
 */
final class StripeAssembler {
    private final StripeGeometry geometry;
    private final ReedSolomon code;
    private final ShardBuffers buffers;
    private byte @Nullable [][] current;
    private long received;
    private long stripe;
    private int stripeBase;
    private int unit;
    private int inUnit;

    StripeAssembler(StripeGeometry geometry, ReedSolomon code, ShardBuffers buffers) {
        this.geometry = geometry;
        this.code = code;
        this.buffers = buffers;
    }

    /** How many bytes of the body are missing. */
    long missing() {
        return geometry.length() - received;
    }

    /**
     * Takes bytes from the buffer until it is empty or a batch is complete, and returns that batch or null.
     *
     * @throws IncompleteBodyException if the buffer goes on after the end of the body
     */
    @Nullable
    StripeBatch fill(ByteBuffer bytes) throws IncompleteBodyException {
        while (bytes.hasRemaining()) {
            if (missing() == 0) {
                throw new IncompleteBodyException("more than " + geometry.length() + " bytes");
            }
            if (copyRun(bytes)) {
                return encoded();
            }
        }
        return null;
    }

    /** Gives back what an unfinished body left. */
    void release() {
        if (current != null) {
            buffers.give(current);
            current = null;
        }
    }

    /** Copies at most the rest of one unit; true when that completed the batch. */
    private boolean copyRun(ByteBuffer bytes) {
        byte[][] into = current;
        if (into == null) {
            into = buffers.take(code.shards());
            current = into;
        }
        int width = geometry.unitBytes(stripe);
        int run = (int) Math.min(Math.min(width - inUnit, bytes.remaining()), missing());
        bytes.get(into[unit], stripeBase + inUnit, run);
        received += run;
        inUnit += run;
        if (missing() == 0) {
            padTail(into, width);
            stripeBase += width;
            return true;
        }
        if (inUnit == width) {
            inUnit = 0;
            unit++;
        }
        if (unit == geometry.dataShards()) {
            unit = 0;
            stripe++;
            stripeBase += width;
        }
        return stripeBase == StripeBatch.SHARD_BYTES_MAX;
    }

    private void padTail(byte[][] into, int width) {
        Arrays.fill(into[unit], stripeBase + inUnit, stripeBase + width, (byte) 0);
        for (int rest = unit + 1; rest < geometry.dataShards(); rest++) {
            Arrays.fill(into[rest], stripeBase, stripeBase + width, (byte) 0);
        }
    }

    private @Nullable StripeBatch encoded() {
        byte[][] complete = current;
        if (complete == null) {
            return null;
        }
        int length = stripeBase;
        current = null;
        stripeBase = 0;
        code.encode(complete, 0, length);
        return new StripeBatch(complete, length);
    }
}
