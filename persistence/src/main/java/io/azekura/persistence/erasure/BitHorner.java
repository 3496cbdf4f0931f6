package io.azekura.persistence.erasure;

import static io.azekura.persistence.erasure.PowerRows.at;
import static io.azekura.persistence.erasure.PowerRows.put;
import static io.azekura.persistence.erasure.PowerRows.times2;

import java.lang.invoke.MethodHandles;

/**
 * Multiplication of shards by any matrix over GF(2^8): for the Cauchy matrix, and for the last step of every repair.
 *
 * <p>The product of coefficients c_j and shards d_j is found by Horner's rule over the eight <em>bits</em> of the
 * coefficients: with B_b the XOR of those d_j whose c_j has bit b, it is 2(...2(2 B_7 + B_6)...) + B_0. Inputs are
 * taken four at a time and all fifteen XORs of the four are made once, for all outputs and bits ("four Russians"), so
 * each B_b is just a choice of an array and one output is one pass over eight arrays. The loops keep to the rules
 * listed in {@link PowerRows}; to give all arrays one index, blocks are copied in and out.
 *
 * <p>Not thread-safe: an instance holds the working arrays of one call at a time.
 */
final class BitHorner {
    private static final Loop HORNER = Loop.of(MethodHandles.lookup(), "horner");

    /** Smaller blocks fit the first-level cache, but code more of their bytes one by one around the vectors. */
    private static final int BLOCK_BYTES = 4 * 1024;

    private static final int GROUP_INPUTS = 4;
    private static final int SELECTOR_BITS = GROUP_INPUTS;
    private static final int SELECTOR_MASK = (1 << SELECTOR_BITS) - 1;

    /** Index c holds the XOR of those inputs of the current group whose bit is set in c; index 0 stays zero. */
    private final byte[][] combinations;

    /** The choices of one output for the bits 0 to 7. */
    private final byte[][] selected = new byte[Byte.SIZE][];

    private final byte[][] sums;

    /** Makes room for products with up to so many inputs and outputs, of ranges up to so many bytes. */
    BitHorner(int inputsMax, int outputsMax, int lengthMax) {
        int block = Math.min(BLOCK_BYTES, wholeInts(lengthMax));
        combinations = new byte[1 << Math.min(GROUP_INPUTS, inputsMax)][block];
        sums = new byte[outputsMax][block];
    }

    /** The smallest number of whole ints that holds so many bytes, in bytes. */
    static int wholeInts(int bytes) {
        return (bytes + Integer.BYTES - 1) & -Integer.BYTES;
    }

    /**
     * The form in which {@link #multiply} wants a matrix: one int for each output and group of four inputs, whose
     * b-th group of four bits, counted from the low end, says which of the inputs have bit b in their coefficient.
     */
    static int[][] selectors(int[][] coefficients) {
        int[][] selectors = new int[coefficients.length][];
        for (int o = 0; o < coefficients.length; o++) {
            int[] row = coefficients[o];
            selectors[o] = new int[(row.length + GROUP_INPUTS - 1) / GROUP_INPUTS];
            for (int j = 0; j < row.length; j++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    int set = (row[j] >>> bit) & 1;
                    selectors[o][j / GROUP_INPUTS] |= set << (bit * SELECTOR_BITS + j % GROUP_INPUTS);
                }
            }
        }
        return selectors;
    }

    /** Writes the product of the matrix and the inputs to the outputs. Outputs and inputs must be different arrays. */
    void multiply(
            int[][] selectors,
            byte[][] inputs,
            int inputCount,
            int inputOffset,
            byte[][] outputs,
            int outputOffset,
            int length) {
        int block = combinations[0].length;
        for (int done = 0; done < length; done += block) {
            int bytes = Math.min(block, length - done);
            for (int first = 0; first < inputCount; first += GROUP_INPUTS) {
                int count = Math.min(GROUP_INPUTS, inputCount - first);
                combine(inputs, first, count, inputOffset + done, bytes);
                for (int o = 0; o < outputs.length; o++) {
                    addProduct(selectors[o][first / GROUP_INPUTS], first == 0, sums[o], wholeInts(bytes));
                }
            }
            for (int o = 0; o < outputs.length; o++) {
                System.arraycopy(sums[o], 0, outputs[o], outputOffset + done, bytes);
            }
        }
    }

    private void combine(byte[][] inputs, int first, int count, int offset, int bytes) {
        for (int j = 0; j < count; j++) {
            System.arraycopy(inputs[first + j], offset, combinations[1 << j], 0, bytes);
        }
        for (int c = 3; c < 1 << count; c++) {
            int lowest = Integer.lowestOneBit(c);
            if (c != lowest) {
                PowerRows.add(combinations[c ^ lowest], combinations[lowest], combinations[c], 0, wholeInts(bytes));
            }
        }
    }

    /** Sets the sum to the selected multiple of the inputs, added to what it holds unless this is the first group. */
    private void addProduct(int selector, boolean first, byte[] sum, int bytes) {
        byte[] before = first ? combinations[0] : sum;
        if (selector >>> SELECTOR_BITS == 0) {
            PowerRows.add(before, combinations[selector], sum, 0, bytes);
        } else {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                selected[bit] = combinations[(selector >>> (bit * SELECTOR_BITS)) & SELECTOR_MASK];
            }
            HORNER.run(selected, new byte[][] {before, sum}, 0, bytes);
        }
    }

    static void horner(byte[][] bits, byte[][] sums, int from, int to) {
        byte[] b0 = bits[0];
        byte[] b1 = bits[1];
        byte[] b2 = bits[2];
        byte[] b3 = bits[3];
        byte[] b4 = bits[4];
        byte[] b5 = bits[5];
        byte[] b6 = bits[6];
        byte[] b7 = bits[7];
        byte[] before = sums[0];
        byte[] sum = sums[1];
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times2(at(b7, i)) ^ at(b6, i);
            x = times2(x) ^ at(b5, i);
            x = times2(x) ^ at(b4, i);
            x = times2(x) ^ at(b3, i);
            x = times2(x) ^ at(b2, i);
            x = times2(x) ^ at(b1, i);
            put(sum, i, times2(x) ^ at(b0, i) ^ at(before, i));
        }
    }
}
