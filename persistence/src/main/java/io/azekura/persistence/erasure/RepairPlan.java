package io.azekura.persistence.erasure;

import io.azekura.persistence.Check;
import java.util.Arrays;

/**
 * How to rebuild the wanted shards of one pattern of loss.
 *
 * <p>With the lost data taken as zero, the parity that is recomputed differs from the parity that was kept by the
 * contribution of the lost data alone: as many such differences ("syndromes") as data shards were lost give as many
 * linear equations for them. So a repair encodes, which is fast, and then multiplies by a matrix with a column for
 * each loss instead of one for each data shard. Row 0 being plain XOR, the last of several lost data shards needs no
 * multiplication either.
 *
 * <p>Immutable.
 */
final class RepairPlan {
    /** The shards to rebuild: data, then parity, and at the end the one that follows from a sum if there is one. */
    private final int[] targets;

    /**
     * The kept parity rows whose difference to the recomputed ones is used: one for each lost data shard, ascending.
     */
    private final int[] syndromeRows;

    /** The lost parity rows to rebuild, ascending. */
    private final int[] lostRows;

    private final boolean xorOnly;

    /** How many lost data shards beside the last target have, with it, the syndrome of row 0 as their sum; or zero. */
    private final int summands;

    /**
     * A matrix in the form of {@link BitHorner#selectors}: times syndromes and recomputed lost rows it gives all
     * targets but a sum.
     */
    private final int[][] selectors;

    /**
     * @param present the bits of the shards at hand, at least as many as there are data shards
     * @param wanted the bits of the shards to rebuild, at least one, none of them at hand
     */
    RepairPlan(int dataShards, int[][] coefficients, int present, int wanted) {
        int dataBits = (1 << dataShards) - 1;
        int[] lostData = positions(dataBits & ~present);
        int[] keptRows = positions(present >>> dataShards);
        targets = positions(wanted);
        lostRows = positions(wanted >>> dataShards);
        syndromeRows = new int[lostData.length];
        System.arraycopy(keptRows, 0, syndromeRows, 0, lostData.length);
        boolean onlyFirstParity = lostData.length == 0 && targets[0] == dataShards;
        boolean onlyOneOfData = lostData.length == 1 && targets[0] == lostData[0] && syndromeRows[0] == 0;
        xorOnly = targets.length == 1 && (onlyFirstParity || onlyOneOfData);
        boolean allDataWanted = (wanted & dataBits) == (dataBits & ~present);
        summands = lostData.length > 1 && allDataWanted && syndromeRows[0] == 0 ? lostData.length - 1 : 0;
        int solved = targets.length;
        if (summands > 0) {
            moveToEnd(targets, summands);
            solved--;
        }
        int[][] solution = solution(dataShards, coefficients, lostData);
        selectors = BitHorner.selectors(Arrays.copyOf(solution, solved));
    }

    /** One row for each target, one column for each syndrome and then one for each lost row. */
    private int[][] solution(int dataShards, int[][] coefficients, int[] lostData) {
        int losses = lostData.length;
        int[][] equations = new int[losses][losses];
        for (int i = 0; i < losses; i++) {
            for (int c = 0; c < losses; c++) {
                equations[i][c] = coefficients[syndromeRows[i]][lostData[c]];
            }
        }
        int[][] inverse = ParityMatrix.inverse(equations)
                .orElseThrow(() -> new IllegalStateException("a submatrix of the parity matrix is singular"));
        int[][] solution = new int[targets.length][losses + lostRows.length];
        for (int t = 0; t < targets.length; t++) {
            int row = targets[t] - dataShards;
            for (int c = 0; c < losses; c++) {
                int share = row >= 0 ? coefficients[row][lostData[c]] : targets[t] == lostData[c] ? 1 : 0;
                ParityMatrix.addMultiple(solution[t], inverse[c], share);
            }
            for (int i = 0; i < lostRows.length; i++) {
                if (lostRows[i] == row) {
                    solution[t][losses + i] = 1;
                }
            }
        }
        return solution;
    }

    private static void moveToEnd(int[] values, int index) {
        int value = values[index];
        System.arraycopy(values, index + 1, values, index, values.length - index - 1);
        values[values.length - 1] = value;
    }

    private static int[] positions(int bits) {
        int[] positions = new int[Integer.bitCount(bits)];
        int rest = bits;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = Integer.numberOfTrailingZeros(rest);
            rest &= rest - 1;
        }
        Check.state(rest == 0, "every bit has a position");
        return positions;
    }

    int[] targets() {
        return targets;
    }

    int[] syndromeRows() {
        return syndromeRows;
    }

    int[] lostRows() {
        return lostRows;
    }

    /** Whether the only target is the XOR of the data shards and of parity row 0, without itself. */
    boolean xorOnly() {
        return xorOnly;
    }

    /**
     * How many of the first targets have, with the last target, the syndrome of row 0 as their sum; zero if none has.
     */
    int summands() {
        return summands;
    }

    int[][] selectors() {
        return selectors;
    }

    /** The number of parity rows to recompute: rows 0 up to the last that is used. */
    int rows() {
        int last = -1;
        for (int row : syndromeRows) {
            last = Math.max(last, row);
        }
        for (int row : lostRows) {
            last = Math.max(last, row);
        }
        return last + 1;
    }
}
