package io.azekura.actors.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.erasure.ReedSolomon;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StripesTest {
    private static final int UNIT = StripeGeometry.UNIT_BYTES;

    @Test
    void lastStripeIsAsWideAsItsRestNeedsInWholeCacheLines() {
        StripeGeometry geometry = new StripeGeometry(4L * UNIT + 1000, 4, UNIT);
        assertEquals(2, geometry.stripes());
        assertEquals(UNIT, geometry.unitBytes(0));
        assertEquals(256, geometry.unitBytes(1));
        assertEquals(UNIT + 256, geometry.shardBytes());
        assertEquals(UNIT, new StripeGeometry(4L * UNIT, 4, UNIT).shardBytes());
        assertEquals(64, new StripeGeometry(1, 4, UNIT).shardBytes());
        assertEquals(UNIT, new StripeGeometry(4L * UNIT - 1, 4, UNIT).shardBytes());
    }

    @Test
    void runsCoverARangeOnceAndInOrder() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            StripeGeometry geometry = new StripeGeometry(1 + random.nextInt(20 * UNIT), 1 + random.nextInt(8), UNIT);
            long from = (long) (random.nextDouble() * geometry.length());
            long to = from + 1 + (long) (random.nextDouble() * (geometry.length() - from - 1));
            long[] at = {from};
            geometry.forEachRun(from, to, (shard, shardOffset, bodyOffset, length) -> {
                assertEquals(at[0], bodyOffset);
                assertTrue(shard >= 0 && shard < geometry.dataShards());
                assertTrue(shardOffset >= 0 && shardOffset + length <= geometry.shardBytes());
                at[0] += length;
            });
            assertEquals(to, at[0]);
        }
    }

    /** Dirty pooled buffers, chunks of any size: the data shards hold the body, padded with zeros, and no more. */
    @Test
    void assembledShardsHoldTheBodyWhereTheGeometrySays() throws Exception {
        Random random = new Random(2);
        ShardBuffers buffers = new ShardBuffers(StripeBatch.SHARD_BYTES_MAX);
        for (int i = 0; i < 60; i++) {
            int k = 1 + random.nextInt(5);
            byte[] body = Store.bytes(1 + random.nextInt(5 * k * UNIT), i);
            StripeGeometry geometry = new StripeGeometry(body.length, k, UNIT);
            List<ByteArrayOutputStream> shards = new ArrayList<>();
            for (int shard = 0; shard < k + 1; shard++) {
                shards.add(new ByteArrayOutputStream());
            }
            StripeAssembler assembler = new StripeAssembler(geometry, ReedSolomon.of(k, 1), buffers);
            ByteBuffer rest = ByteBuffer.wrap(body);
            while (rest.hasRemaining()) {
                ByteBuffer chunk = rest.slice(rest.position(), Math.min(rest.remaining(), 1 + random.nextInt(UNIT)));
                rest.position(rest.position() + chunk.remaining());
                while (chunk.hasRemaining()) {
                    StripeBatch batch = assembler.fill(chunk);
                    if (batch != null) {
                        for (int shard = 0; shard < k + 1; shard++) {
                            shards.get(shard).write(batch.shards()[shard], 0, batch.length());
                        }
                        random.nextBytes(batch.shards()[0]);
                        buffers.give(batch.shards());
                    }
                }
            }
            assertHolds(
                    geometry,
                    body,
                    shards.stream().map(ByteArrayOutputStream::toByteArray).toList());
        }
    }

    private static void assertHolds(StripeGeometry geometry, byte[] body, List<byte[]> shards) {
        byte[][] expected = new byte[geometry.dataShards()][(int) geometry.shardBytes()];
        geometry.forEachRun(
                0,
                body.length,
                (shard, shardOffset, bodyOffset, length) ->
                        System.arraycopy(body, (int) bodyOffset, expected[shard], (int) shardOffset, length));
        for (int shard = 0; shard < expected.length; shard++) {
            assertArrayEquals(expected[shard], shards.get(shard));
        }
        for (int at = 0; at < geometry.shardBytes(); at++) {
            int sum = 0;
            for (byte[] shard : shards) {
                sum ^= shard[at];
            }
            assertEquals(0, sum, "single parity is the exclusive or");
        }
    }
}
