package io.azekura.persistence.erasure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Parity by the rows 2^(r*j) of the power matrix: XOR, and Horner's rule with multiplications by 2, 4 and 8.
 *
 * <p>Four field elements lie side by side in an int and are multiplied together by shifts and masks, so that plain
 * Java does what a byte shuffle does elsewhere. The loops are written for the vectoriser of HotSpot's C2 compiler,
 * which turns them into code with the widest vectors of the machine. All of the following was found by measuring on
 * JDK 17 and 25:
 *
 * <ul>
 *   <li>ints, not longs: a loop of more than 60 nodes is unrolled, and so vectorised, only when it has int XORs;
 *   <li>one index for all arrays: a second one, even offset by a loop invariant, is taken for a possible overlap;
 *   <li>at most three data shards a loop, and no more than the rows 0 and 1 together: larger bodies stay scalar;
 *   <li>one loop a method, called as a {@link Loop}.
 * </ul>
 *
 * <p>Breaking one of these costs a factor of five to thirty and no test fails: run {@code dev/bench-kernels} after
 * any change.
 *
 * <p>The loops end at the last whole int; the caller codes the up to three bytes behind it.
 */
final class PowerRows {
    /**
     * The data of one block and its parity stay in the second-level cache from the first loop over them to the last.
     */
    private static final int BLOCK_BYTES = 16 * 1024;

    private static final int SHARDS_PER_LOOP = 3;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /**
     * By the number of data shards, from 1 on. The parity so far comes before the data in the input, data in
     * descending order.
     */
    private static final Loop[] ROW_0 = loops("row0of1", "row0of2", "row0of3");

    private static final Loop[] ROWS_0_AND_1 = loops("rows01of1", "rows01of2", "rows01of3");
    private static final Loop[] ROW_2 = loops("row2of1", "row2of2", "row2of3");
    private static final Loop[] ROW_3 = loops("row3of1", "row3of2", "row3of3");

    private PowerRows() {}

    private static Loop[] loops(String... methods) {
        Loop[] loops = new Loop[methods.length];
        for (int i = 0; i < methods.length; i++) {
            loops[i] = Loop.of(MethodHandles.lookup(), methods[i]);
        }
        return loops;
    }

    /**
     * Writes the rows 0 to rows - 1 into {@code shards[columns..columns + rows)} from the data in {@code
     * shards[0..columns)}.
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

    /**
     * Horner's rule from the last data shard down: the first step starts from that shard, later ones from the parity
     * so far.
     */
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
            boolean first = j == last - 1;
            if (rows == 1) {
                step(ROW_0[count - 1], shards, j, count, first, from, to, columns);
            } else {
                step(ROWS_0_AND_1[count - 1], shards, j, count, first, from, to, columns, columns + 1);
            }
            if (rows > 2) {
                step(ROW_2[count - 1], shards, j, count, first, from, to, columns + 2);
            }
            if (rows > 3) {
                step(ROW_3[count - 1], shards, j, count, first, from, to, columns + 3);
            }
        }
    }

    private static void step(
            Loop loop, byte[][] shards, int j, int count, boolean first, int from, int to, int... parity) {
        byte[][] in = new byte[parity.length + count][];
        byte[][] out = new byte[parity.length][];
        for (int i = 0; i < parity.length; i++) {
            out[i] = shards[parity[i]];
            in[i] = first ? shards[j + 1] : out[i];
        }
        for (int i = 0; i < count; i++) {
            in[parity.length + i] = shards[j - i];
        }
        loop.run(in, out, from, to);
    }

    /** Adds one shard to another. */
    static void add(byte[] a, byte[] b, byte[] sum, int from, int to) {
        ROW_0[0].run(new byte[][] {a, b}, new byte[][] {sum}, from, to);
    }

    /** Multiplies four elements by 2: where a top bit leaves, 0x80 - 0x01 = 0x7f selects the reduction 0x1d. */
    static int times2(int x) {
        int top = x & 0x80808080;
        return ((x ^ top) << 1) ^ ((top - (top >>> 7)) & 0x1d1d1d1d);
    }

    /** Multiplies four elements by 4: the two bits that leave, times 0x1d without carries, are the reduction. */
    private static int times4(int x) {
        int out = (x >>> 6) & 0x03030303;
        return (((x & 0x3f3f3f3f) ^ out) << 2) ^ out ^ (out << 3) ^ (out << 4);
    }

    /** Multiplies four elements by 8: the three bits that leave, times 0x1d without carries, are the reduction. */
    private static int times8(int x) {
        int out = (x >>> 5) & 0x07070707;
        return (((x & 0x1f1f1f1f) ^ out) << 3) ^ out ^ (out << 2) ^ (out << 4);
    }

    /** Four elements, in the byte order of the machine. */
    static int at(byte[] array, int index) {
        return (int) INTS.get(array, index);
    }

    static void put(byte[] array, int index, int value) {
        INTS.set(array, index, value);
    }

    static void row0of1(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] a = in[1];
        byte[] p = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i));
        }
    }

    static void row0of2(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] p = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i) ^ at(b, i));
        }
    }

    static void row0of3(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] c = in[3];
        byte[] p = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            put(p, i, at(p0, i) ^ at(a, i) ^ at(b, i) ^ at(c, i));
        }
    }

    static void rows01of1(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] q0 = in[1];
        byte[] a = in[2];
        byte[] p = out[0];
        byte[] q = out[1];
        for (int i = from; i < to; i += Integer.BYTES) {
            int d = at(a, i);
            put(p, i, at(p0, i) ^ d);
            put(q, i, times2(at(q0, i)) ^ d);
        }
    }

    static void rows01of2(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] q0 = in[1];
        byte[] a = in[2];
        byte[] b = in[3];
        byte[] p = out[0];
        byte[] q = out[1];
        for (int i = from; i < to; i += Integer.BYTES) {
            int d = at(a, i);
            int x = at(p0, i) ^ d;
            int y = times2(at(q0, i)) ^ d;
            d = at(b, i);
            put(p, i, x ^ d);
            put(q, i, times2(y) ^ d);
        }
    }

    static void rows01of3(byte[][] in, byte[][] out, int from, int to) {
        byte[] p0 = in[0];
        byte[] q0 = in[1];
        byte[] a = in[2];
        byte[] b = in[3];
        byte[] c = in[4];
        byte[] p = out[0];
        byte[] q = out[1];
        for (int i = from; i < to; i += Integer.BYTES) {
            int d = at(a, i);
            int x = at(p0, i) ^ d;
            int y = times2(at(q0, i)) ^ d;
            d = at(b, i);
            x ^= d;
            y = times2(y) ^ d;
            d = at(c, i);
            put(p, i, x ^ d);
            put(q, i, times2(y) ^ d);
        }
    }

    static void row2of1(byte[][] in, byte[][] out, int from, int to) {
        byte[] r0 = in[0];
        byte[] a = in[1];
        byte[] r = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            put(r, i, times4(at(r0, i)) ^ at(a, i));
        }
    }

    static void row2of2(byte[][] in, byte[][] out, int from, int to) {
        byte[] r0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] r = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times4(at(r0, i)) ^ at(a, i);
            put(r, i, times4(x) ^ at(b, i));
        }
    }

    static void row2of3(byte[][] in, byte[][] out, int from, int to) {
        byte[] r0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] c = in[3];
        byte[] r = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times4(at(r0, i)) ^ at(a, i);
            x = times4(x) ^ at(b, i);
            put(r, i, times4(x) ^ at(c, i));
        }
    }

    static void row3of1(byte[][] in, byte[][] out, int from, int to) {
        byte[] s0 = in[0];
        byte[] a = in[1];
        byte[] s = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            put(s, i, times8(at(s0, i)) ^ at(a, i));
        }
    }

    static void row3of2(byte[][] in, byte[][] out, int from, int to) {
        byte[] s0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] s = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times8(at(s0, i)) ^ at(a, i);
            put(s, i, times8(x) ^ at(b, i));
        }
    }

    static void row3of3(byte[][] in, byte[][] out, int from, int to) {
        byte[] s0 = in[0];
        byte[] a = in[1];
        byte[] b = in[2];
        byte[] c = in[3];
        byte[] s = out[0];
        for (int i = from; i < to; i += Integer.BYTES) {
            int x = times8(at(s0, i)) ^ at(a, i);
            x = times8(x) ^ at(b, i);
            put(s, i, times8(x) ^ at(c, i));
        }
    }
}
