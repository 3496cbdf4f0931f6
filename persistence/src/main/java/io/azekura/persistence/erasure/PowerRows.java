package io.azekura.persistence.erasure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Parity by the rows 2^(r*j) of the power matrix, r &lt; 4: XOR, and Horner's rule with multiplications by 2, 4 and 8.
 *
 * <p>Four field elements lie side by side in an int and are multiplied together by shifts and masks, so that plain Java does what a
 * byte shuffle does elsewhere. The loops are written for the vectoriser of HotSpot's C2 compiler, which turns them into code with the widest
 * vectors of the machine. Every property of them is there because the compiler's output was measured, on JDK 17 and 25:
 *
 * <ul>
 *   <li>ints, not longs: a loop of more than 60 nodes is unrolled, and so vectorised, only when it has int XORs;
 *   <li>one index for all arrays: a second one, even offset by a loop invariant, is taken for a possible overlap;
 *   <li>at most three data shards a loop, and no more than the rows 0 and 1 together: larger bodies stay scalar.
 * </ul>
 *
 * <p>Breaking one of these costs a factor of five to twenty and no test fails: run {@code dev/bench-kernels} after any change.
 *
 * <p>The loops end at the last whole int; the caller codes the up to three bytes behind it.
 */
final class PowerRows {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** The data of one block and its parity stay in the second-level cache from the first loop over them to the last. */
    private static final int BLOCK_BYTES = 16 * 1024;

    private static final int SHARDS_PER_LOOP = 3;

    private PowerRows() {}

    /**
     * Writes the rows 0 to rows - 1 into {@code shards[columns..columns + rows)} from the data in {@code shards[0..columns)}.
     *
     * @param rows 1 to 4
     * @param from index of the first byte in every array
     * @param to index behind the last byte; {@code to - from} is a multiple of four
     */
    static void encode(byte[][] shards, int columns, int rows, int from, int to) {
        for (int block = from; block < to; block += BLOCK_BYTES) {
            encodeBlock(shards, columns, rows, block, Math.min(to, block + BLOCK_BYTES));
        }
    }

    /** Horner's rule from the last data shard down: the first step starts from that shard, later ones from the parity so far. */
    private static void encodeBlock(byte[][] shards, int columns, int rows, int from, int to) {
        int last = columns - 1;
        if (last == 0) {
            for (int r = 0; r < rows; r++) {
                System.arraycopy(shards[0], from, shards[columns + r], from, to - from);
            }
            return;
        }
        for (int j = last - 1; j >= 0; j -= SHARDS_PER_LOOP) {
            int count = Math.min(SHARDS_PER_LOOP, j + 1);
            int start = j == last - 1 ? last : -1;
            byte[] p = shards[columns];
            byte[] p0 = start < 0 ? p : shards[start];
            if (rows == 1) {
                xor(count, p0, shards, j, p, from, to);
                continue;
            }
            byte[] q = shards[columns + 1];
            byte[] q0 = start < 0 ? q : shards[start];
            rows01(count, p0, q0, shards, j, p, q, from, to);
            if (rows > 2) {
                byte[] r = shards[columns + 2];
                row2(count, start < 0 ? r : shards[start], shards, j, r, from, to);
            }
            if (rows > 3) {
                byte[] s = shards[columns + 3];
                row3(count, start < 0 ? s : shards[start], shards, j, s, from, to);
            }
        }
    }

    private static int at(byte[] array, int index) {
        return (int) INTS.get(array, index);
    }

    private static void put(byte[] array, int index, int value) {
        INTS.set(array, index, value);
    }

    /** Multiplies four elements by 2: where a top bit leaves, 0x80 - 0x01 = 0x7f selects the reduction 0x1d. */
    static int times2(int x) {
        int top = x & 0x80808080;
        return ((x ^ top) << 1) ^ ((top - (top >>> 7)) & 0x1d1d1d1d);
    }

    /** Multiplies four elements by 4: the two bits that leave, times 0x1d without carries, are the reduction. */
    static int times4(int x) {
        int out = (x >>> 6) & 0x03030303;
        return (((x & 0x3f3f3f3f) ^ out) << 2) ^ out ^ (out << 3) ^ (out << 4);
    }

    /** Multiplies four elements by 8: the three bits that leave, times 0x1d without carries, are the reduction. */
    static int times8(int x) {
        int out = (x >>> 5) & 0x07070707;
        return (((x & 0x1f1f1f1f) ^ out) << 3) ^ out ^ (out << 2) ^ (out << 4);
    }

    // Row 0.

    private static void xor(int count, byte[] p0, byte[][] data, int j, byte[] p, int from, int to) {
        switch (count) {
            case 1 -> xor1(p0, data[j], p, from, to);
            case 2 -> xor2(p0, data[j], data[j - 1], p, from, to);
            default -> xor3(p0, data[j], data[j - 1], data[j - 2], p, from, to);
        }
    }

    static void xor1(byte[] p0, byte[] a, byte[] p, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i));
        }
    }

    private static void xor2(byte[] p0, byte[] a, byte[] b, byte[] p, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i) ^ at(b, i));
        }
    }

    private static void xor3(byte[] p0, byte[] a, byte[] b, byte[] c, byte[] p, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i) ^ at(b, i) ^ at(c, i));
        }
    }

    // Rows 0 and 1 together.

    private static void rows01(
            int count, byte[] p0, byte[] q0, byte[][] data, int j, byte[] p, byte[] q, int from, int to) {
        switch (count) {
            case 1 -> rows01of1(p0, q0, data[j], p, q, from, to);
            case 2 -> rows01of2(p0, q0, data[j], data[j - 1], p, q, from, to);
            default -> rows01of3(p0, q0, data[j], data[j - 1], data[j - 2], p, q, from, to);
        }
    }

    private static void rows01of1(byte[] p0, byte[] q0, byte[] a, byte[] p, byte[] q, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = at(p0, i);
            int y = at(q0, i);
            int d = at(a, i);
            put(p, i, x ^ d);
            put(q, i, times2(y) ^ d);
        }
    }

    private static void rows01of2(byte[] p0, byte[] q0, byte[] a, byte[] b, byte[] p, byte[] q, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = at(p0, i);
            int y = at(q0, i);
            int d = at(a, i);
            x ^= d;
            y = times2(y) ^ d;
            d = at(b, i);
            put(p, i, x ^ d);
            put(q, i, times2(y) ^ d);
        }
    }

    private static void rows01of3(
            byte[] p0, byte[] q0, byte[] a, byte[] b, byte[] c, byte[] p, byte[] q, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = at(p0, i);
            int y = at(q0, i);
            int d = at(a, i);
            x ^= d;
            y = times2(y) ^ d;
            d = at(b, i);
            x ^= d;
            y = times2(y) ^ d;
            d = at(c, i);
            put(p, i, x ^ d);
            put(q, i, times2(y) ^ d);
        }
    }

    // Row 2.

    private static void row2(int count, byte[] r0, byte[][] data, int j, byte[] r, int from, int to) {
        switch (count) {
            case 1 -> row2of1(r0, data[j], r, from, to);
            case 2 -> row2of2(r0, data[j], data[j - 1], r, from, to);
            default -> row2of3(r0, data[j], data[j - 1], data[j - 2], r, from, to);
        }
    }

    private static void row2of1(byte[] r0, byte[] a, byte[] r, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            put(r, i, times4(at(r0, i)) ^ at(a, i));
        }
    }

    private static void row2of2(byte[] r0, byte[] a, byte[] b, byte[] r, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times4(at(r0, i)) ^ at(a, i);
            put(r, i, times4(x) ^ at(b, i));
        }
    }

    private static void row2of3(byte[] r0, byte[] a, byte[] b, byte[] c, byte[] r, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times4(at(r0, i)) ^ at(a, i);
            x = times4(x) ^ at(b, i);
            put(r, i, times4(x) ^ at(c, i));
        }
    }

    // Row 3.

    private static void row3(int count, byte[] s0, byte[][] data, int j, byte[] s, int from, int to) {
        switch (count) {
            case 1 -> row3of1(s0, data[j], s, from, to);
            case 2 -> row3of2(s0, data[j], data[j - 1], s, from, to);
            default -> row3of3(s0, data[j], data[j - 1], data[j - 2], s, from, to);
        }
    }

    private static void row3of1(byte[] s0, byte[] a, byte[] s, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            put(s, i, times8(at(s0, i)) ^ at(a, i));
        }
    }

    private static void row3of2(byte[] s0, byte[] a, byte[] b, byte[] s, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times8(at(s0, i)) ^ at(a, i);
            put(s, i, times8(x) ^ at(b, i));
        }
    }

    private static void row3of3(byte[] s0, byte[] a, byte[] b, byte[] c, byte[] s, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times8(at(s0, i)) ^ at(a, i);
            x = times8(x) ^ at(b, i);
            put(s, i, times8(x) ^ at(c, i));
        }
    }
}
