package io.azekura.persistence.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ReedSolomonPropertyTest {
    /** More than two of the blocks into which any of the loops cuts its range. */
    private static final int LENGTH_MAX = 40_000;

    @Property(tries = 300, seed = "20261123")
    void anyRangeIsCodedAsByTheScalarReferenceAndRebuiltAfterAnyLoss(
            @ForAll @IntRange(min = 1, max = 31) int dataShards,
            @ForAll @IntRange(min = 1, max = 31) int parityWish,
            @ForAll @IntRange(max = 70) int offset,
            @ForAll @IntRange(max = LENGTH_MAX) int length,
            @ForAll @IntRange(max = 70) int behind,
            @ForAll Random random) {
        int parityShards = Math.min(parityWish, ReedSolomon.SHARDS_MAX - dataShards);
        byte[][] expected = new byte[dataShards + parityShards][offset + length + behind];
        for (byte[] shard : expected) {
            random.nextBytes(shard);
        }
        byte[][] coded = copy(expected);
        new ScalarReedSolomon(dataShards, ParityMatrix.of(dataShards, parityShards))
                .encode(expected, parityShards, offset, offset + length);

        ReedSolomon code = ReedSolomon.of(dataShards, parityShards);
        code.encode(coded, offset, length);
        assertSameShards(expected, coded);

        boolean[] present = new boolean[coded.length];
        Arrays.fill(present, true);
        for (int i = 0; i < parityShards; i++) {
            int lost = random.nextInt(coded.length);
            present[lost] = false;
            Arrays.fill(coded[lost], offset, offset + length, (byte) 0);
        }
        code.reconstruct(coded, present, offset, length);
        assertSameShards(expected, coded);
    }

    private static void assertSameShards(byte[][] expected, byte[][] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], actual[i], "shard " + i);
        }
    }

    private static byte[][] copy(byte[][] shards) {
        return Arrays.stream(shards).map(byte[]::clone).toArray(byte[][]::new);
    }
}
