package io.azekura.persistence.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class ParityMatrixTest {
    private static final int SMALL_CODE_SHARDS = 14;

    @Test
    void everySquareSubmatrixOfThePowerMatrixIsInvertible() {
        for (int m = 1; m <= 4; m++) {
            for (int k = 1; k + m <= ReedSolomon.SHARDS_MAX; k++) {
                if (ParityMatrix.isPower(k, m)) {
                    assertTrue(everySquareSubmatrixIsInvertible(ParityMatrix.of(k, m)), k + "+" + m);
                }
            }
        }
    }

    @Test
    void thePowerMatrixEndsWhereItsFirstSingularSubmatrixBegins() {
        assertTrue(ParityMatrix.isPower(21, 4));
        assertFalse(ParityMatrix.isPower(22, 4));
        int[][] powers = new int[4][22];
        for (int r = 0; r < 4; r++) {
            for (int j = 0; j < 22; j++) {
                powers[r][j] = GaloisField.powerOfTwo(r * j);
            }
        }
        assertFalse(everySquareSubmatrixIsInvertible(powers));
    }

    @Test
    void everySquareSubmatrixOfASmallCauchyMatrixIsInvertible() {
        for (int m = 5; m < SMALL_CODE_SHARDS; m++) {
            for (int k = 1; k + m <= SMALL_CODE_SHARDS; k++) {
                assertTrue(everySquareSubmatrixIsInvertible(ParityMatrix.of(k, m)), k + "+" + m);
            }
        }
    }

    @Test
    void everySquareSubmatrixOfTheWideCauchyMatricesWithFourRowsIsInvertible() {
        for (int k = 22; k <= 28; k++) {
            assertTrue(everySquareSubmatrixIsInvertible(ParityMatrix.of(k, 4)), k + "+4");
        }
    }

    @Test
    void sampledSquareSubmatricesOfEveryLargerCauchyMatrixAreInvertible() {
        Random random = new Random(20261123);
        for (int m = 5; m < ReedSolomon.SHARDS_MAX; m++) {
            for (int k = Math.max(1, SMALL_CODE_SHARDS + 1 - m); k + m <= ReedSolomon.SHARDS_MAX; k++) {
                int[][] matrix = ParityMatrix.of(k, m);
                for (int sample = 0; sample < 100; sample++) {
                    int size = 1 + random.nextInt(Math.min(k, m));
                    int rows = randomSubset(m, size, random);
                    int columns = randomSubset(k, size, random);
                    assertTrue(
                            ParityMatrix.inverse(submatrix(matrix, rows, columns))
                                    .isPresent(),
                            k + "+" + m + " " + rows + " " + columns);
                }
            }
        }
    }

    @Test
    void rowZeroIsPlainXorInEveryMatrix() {
        for (int m = 1; m < ReedSolomon.SHARDS_MAX; m++) {
            for (int k = 1; k + m <= ReedSolomon.SHARDS_MAX; k++) {
                assertTrue(Arrays.stream(ParityMatrix.of(k, m)[0]).allMatch(c -> c == 1), k + "+" + m);
            }
        }
    }

    @Test
    void inverseTimesMatrixIsTheIdentity() {
        int[][] matrix = {{1, 1, 1}, {1, 2, 4}, {7, 0, 255}};
        int[][] inverse = ParityMatrix.inverse(matrix).orElseThrow();
        int[][] product = new int[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                ParityMatrix.addMultiple(product[i], matrix[j], inverse[i][j]);
            }
        }
        assertArrayEquals(new int[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, product);
    }

    @Test
    void aSingularMatrixHasNoInverse() {
        assertEquals(Optional.empty(), ParityMatrix.inverse(new int[][] {{3, 5}, {6, 10}}));
    }

    private static boolean everySquareSubmatrixIsInvertible(int[][] matrix) {
        int rows = matrix.length;
        int columns = matrix[0].length;
        return allSubsets(rows, rowBits -> {
            int size = Integer.bitCount(rowBits);
            return size > columns
                    || allSubsetsOfSize(
                            columns, size, columnBits -> ParityMatrix.inverse(submatrix(matrix, rowBits, columnBits))
                                    .isPresent());
        });
    }

    private static boolean allSubsets(int of, IntPredicate holds) {
        for (int size = 1; size <= of; size++) {
            if (!allSubsetsOfSize(of, size, holds)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Walks through the bit sets of one size in ascending order: add at the lowest bit, move the freed bits down
     * (Gosper).
     */
    private static boolean allSubsetsOfSize(int of, int size, IntPredicate holds) {
        int bits = (1 << size) - 1;
        while (bits < 1 << of) {
            if (!holds.test(bits)) {
                return false;
            }
            int lowest = bits & -bits;
            int next = bits + lowest;
            bits = next | (((bits ^ next) / lowest) >>> 2);
        }
        return true;
    }

    private static int randomSubset(int of, int size, Random random) {
        int bits = 0;
        while (Integer.bitCount(bits) < size) {
            bits |= 1 << random.nextInt(of);
        }
        return bits;
    }

    private static int[][] submatrix(int[][] matrix, int rowBits, int columnBits) {
        int size = Integer.bitCount(rowBits);
        int[][] result = new int[size][size];
        int row = 0;
        for (int r = 0; r < matrix.length; r++) {
            if ((rowBits & (1 << r)) != 0) {
                int column = 0;
                for (int c = 0; c < matrix[r].length; c++) {
                    if ((columnBits & (1 << c)) != 0) {
                        result[row][column++] = matrix[r][c];
                    }
                }
                row++;
            }
        }
        return result;
    }
}
