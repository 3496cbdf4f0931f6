package io.azekura.persistence.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReedSolomonTest {
    /** Not a multiple of four, so that the last bytes are coded in another way than the rest. */
    private static final int LENGTH = 23;

    @Test
    void parityIsByteForByteThatOfTheGoldenFile() throws IOException {
        List<String> lines = goldenLines();
        for (String line : lines) {
            String[] fields = line.split("[ +]", -1);
            int k = Integer.parseInt(fields[0]);
            int m = Integer.parseInt(fields[1]);
            byte[] expected = HexFormat.of().parseHex(fields[3]);
            byte[][] shards = new byte[k + m][expected.length];
            for (int j = 0; j < k; j++) {
                for (int i = 0; i < expected.length; i++) {
                    shards[j][i] = (byte) (1 + i * i + 31 * j + 7 * i * j);
                }
            }
            ReedSolomon.of(k, m).encode(shards, 0, expected.length);
            assertArrayEquals(expected, shards[k + Integer.parseInt(fields[2])], line);
        }
        assertEquals(43, lines.size());
    }

    private static List<String> goldenLines() throws IOException {
        try (InputStream in = ReedSolomonTest.class.getResourceAsStream("/golden/reed-solomon-v1.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    @Test
    void everyLossOfUpToMShardsIsRebuiltInEveryLayoutUpTo12Plus4() {
        for (int k = 1; k <= 12; k++) {
            for (int m = 1; m <= 4; m++) {
                byte[][] coded = coded(k, m);
                for (int lost = 0; lost < 1 << (k + m); lost++) {
                    if (Integer.bitCount(lost) <= m) {
                        assertRebuilt(coded, k, m, lost);
                    }
                }
            }
        }
    }

    @Test
    void sampledLossesAreRebuiltInEveryLargerLayout() {
        Random random = new Random(7);
        for (int m = 1; m < ReedSolomon.SHARDS_MAX; m++) {
            for (int k = m <= 4 ? 13 : 1; k + m <= ReedSolomon.SHARDS_MAX; k++) {
                byte[][] coded = coded(k, m);
                for (int sample = 0; sample < 20; sample++) {
                    int count = sample < 10 ? m : 1 + random.nextInt(m);
                    int lost = 0;
                    while (Integer.bitCount(lost) < count) {
                        lost |= 1 << random.nextInt(k + m);
                    }
                    assertRebuilt(coded, k, m, lost);
                }
            }
        }
    }

    private static void assertRebuilt(byte[][] coded, int k, int m, int lost) {
        byte[][] shards = copy(coded);
        boolean[] present = new boolean[k + m];
        for (int i = 0; i < k + m; i++) {
            present[i] = ((lost >>> i) & 1) == 0;
            if (!present[i]) {
                Arrays.fill(shards[i], (byte) 0xa5);
            }
        }
        ReedSolomon.of(k, m).reconstruct(shards, present, 0, LENGTH);
        assertTrue(Arrays.deepEquals(coded, shards), () -> k + "+" + m + " without " + Integer.toBinaryString(lost));
    }

    @Test
    void onlyWantedShardsAreRebuiltAndTheOthersNotTouched() {
        byte[][] coded = coded(5, 3);
        for (int lost = 0; lost < 1 << 8; lost++) {
            for (int wanted = 0; wanted < 1 << 8 && Integer.bitCount(lost) == 3; wanted++) {
                byte[][] shards = copy(coded);
                boolean[] present = new boolean[8];
                boolean[] flags = new boolean[8];
                for (int i = 0; i < 8; i++) {
                    present[i] = ((lost >>> i) & 1) == 0;
                    flags[i] = ((wanted >>> i) & 1) == 1;
                    if (!present[i]) {
                        shards[i] = new byte[flags[i] ? LENGTH : 0];
                    }
                }
                ReedSolomon.of(5, 3).reconstruct(shards, present, flags, 0, LENGTH);
                for (int i = 0; i < 8; i++) {
                    assertArrayEquals(present[i] || flags[i] ? coded[i] : new byte[0], shards[i]);
                }
            }
        }
    }

    @Test
    void fewerThanKShardsAreRefused() {
        byte[][] shards = coded(4, 2);
        boolean[] present = {true, false, true, false, true, false};
        assertThrows(
                IllegalArgumentException.class, () -> ReedSolomon.of(4, 2).reconstruct(shards, present, 0, LENGTH));
    }

    @Test
    void aRangeOutsideOfAnArrayIsRefusedBeforeAnythingIsWritten() {
        byte[][] shards = coded(4, 2);
        shards[5] = new byte[LENGTH - 1];
        byte[][] before = copy(shards);
        assertThrows(IndexOutOfBoundsException.class, () -> ReedSolomon.of(4, 2).encode(shards, 0, LENGTH));
        boolean[] present = {true, false, true, true, true, false};
        assertThrows(
                IndexOutOfBoundsException.class, () -> ReedSolomon.of(4, 2).reconstruct(shards, present, 0, LENGTH));
        assertTrue(Arrays.deepEquals(before, shards));
    }

    @Test
    void layoutsOutsideOfTheCodeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(0, 2));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(4, -1));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(30, 3));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(4, Integer.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(4, 2).encode(new byte[5][1], 0, 1));
    }

    @Test
    void withoutParityAllShardsAreNeeded() {
        for (int k : new int[] {1, 3, 32}) {
            byte[][] shards = coded(k, 0);
            byte[][] before = copy(shards);
            boolean[] present = new boolean[k];
            Arrays.fill(present, true);
            ReedSolomon.of(k, 0).reconstruct(shards, present, 0, LENGTH);
            assertTrue(Arrays.deepEquals(before, shards));
            present[k - 1] = false;
            assertThrows(
                    IllegalArgumentException.class, () -> ReedSolomon.of(k, 0).reconstruct(shards, present, 0, LENGTH));
        }
    }

    @Test
    void oneInstanceServesManyThreads() {
        ReedSolomon code = ReedSolomon.of(6, 3);
        assertSame(code, ReedSolomon.of(6, 3));
        byte[][] coded = coded(6, 3);
        assertTrue(IntStream.range(0, 2_000).parallel().allMatch(i -> {
            byte[][] shards = copy(coded);
            boolean[] present = new boolean[9];
            Arrays.fill(present, true);
            for (int lost : new int[] {i % 9, i / 9 % 9, i / 81 % 9}) {
                present[lost] = false;
                shards[lost] = new byte[LENGTH];
            }
            code.reconstruct(shards, present, 0, LENGTH);
            return Arrays.deepEquals(coded, shards);
        }));
    }

    private static byte[][] coded(int k, int m) {
        byte[][] shards = new byte[k + m][LENGTH];
        Random random = new Random(31L * k + m);
        for (int j = 0; j < k; j++) {
            random.nextBytes(shards[j]);
        }
        ReedSolomon.of(k, m).encode(shards, 0, LENGTH);
        return shards;
    }

    private static byte[][] copy(byte[][] shards) {
        return Arrays.stream(shards).map(byte[]::clone).toArray(byte[][]::new);
    }
}
