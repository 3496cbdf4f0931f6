package io.azekura.persistence.erasure;

import io.azekura.persistence.Check;
import java.util.Optional;

/**
 * The coefficients of the code, which are part of the on-disk format.
 *
 * <pre>
 * byte i of parity shard r  =  XOR over j in 0..k-1 of  coefficient(r, j) * (byte i of data shard j), in GF(2^8)/0x11d
 *
 * coefficient(r, j)  =  2^(r*j)                        when m &lt;= 3, or m = 4 and k &lt;= 21      ("power matrix")
 *                    =  (k ^ j) / ((k + r) ^ j)        otherwise                              ("Cauchy matrix")
 * </pre>
 *
 * <p>The power matrix is the one of Linux RAID-6 (m = 2) and of {@code gf_gen_rs_matrix} in Intel's ISA-L, whose
 * header documents the bounds within which every square submatrix is invertible; the tests of this package walk
 * through all of them. It is preferred because its rows are XOR and Horner's rule with multiplications by 2, 4 and 8,
 * which are cheap shifts.
 *
 * <p>The Cauchy matrix has the points x_r = k + r and y_j = j, that is 1 / (x_r ^ y_j) as in ISA-L's {@code
 * gf_gen_cauchy1_matrix}, with each column divided by its first entry. Scaling columns keeps every square submatrix
 * invertible and makes row 0 plain XOR in this matrix too, so that the commonest repair, one lost shard, needs no
 * multiplication in either.
 *
 * <p>Coded bytes carry no checksum of their own; shard files and log records do. Version history: version 1, the only
 * one. What the matrices give is frozen by {@code golden/reed-solomon-v1.txt}.
 */
final class ParityMatrix {
    static final int POWER_ROWS_MAX = 4;

    /** With four rows, 22 columns would contain a singular 4 by 4 submatrix. */
    private static final int COLUMNS_MAX_OF_FOUR_ROWS = 21;

    private ParityMatrix() {}

    static boolean isPower(int dataShards, int parityShards) {
        return parityShards < POWER_ROWS_MAX
                || (parityShards == POWER_ROWS_MAX && dataShards <= COLUMNS_MAX_OF_FOUR_ROWS);
    }

    /** The coefficients as rows of parity shards by columns of data shards. */
    static int[][] of(int dataShards, int parityShards) {
        boolean power = isPower(dataShards, parityShards);
        int[][] rows = new int[parityShards][dataShards];
        for (int r = 0; r < parityShards; r++) {
            for (int j = 0; j < dataShards; j++) {
                rows[r][j] = power
                        ? GaloisField.powerOfTwo(r * j)
                        : GaloisField.divide(dataShards ^ j, (dataShards + r) ^ j);
            }
        }
        return rows;
    }

    /** The inverse of a square matrix, by Gauss-Jordan elimination; empty when the matrix is singular. */
    static Optional<int[][]> inverse(int[][] matrix) {
        int n = matrix.length;
        int[][] left = new int[n][];
        int[][] right = new int[n][n];
        for (int i = 0; i < n; i++) {
            Check.argument(matrix[i].length == n, "only a square matrix has an inverse");
            left[i] = matrix[i].clone();
            right[i][i] = 1;
        }
        for (int column = 0; column < n; column++) {
            int pivot = column;
            while (pivot < n && left[pivot][column] == 0) {
                pivot++;
            }
            if (pivot == n) {
                return Optional.empty();
            }
            swap(left, pivot, column);
            swap(right, pivot, column);
            int divisor = left[column][column];
            divide(left[column], divisor);
            divide(right[column], divisor);
            for (int row = 0; row < n; row++) {
                int factor = left[row][column];
                if (row != column && factor != 0) {
                    addMultiple(left[row], left[column], factor);
                    addMultiple(right[row], right[column], factor);
                }
            }
        }
        return Optional.of(right);
    }

    /** Adds factor times the source row to the target row. */
    static void addMultiple(int[] target, int[] source, int factor) {
        for (int i = 0; i < source.length; i++) {
            target[i] ^= GaloisField.multiply(factor, source[i]);
        }
    }

    private static void divide(int[] row, int divisor) {
        for (int i = 0; i < row.length; i++) {
            row[i] = GaloisField.divide(row[i], divisor);
        }
    }

    private static void swap(int[][] rows, int a, int b) {
        int[] row = rows[a];
        rows[a] = rows[b];
        rows[b] = row;
    }
}
