package io.azekura.persistence.index;

import org.jspecify.annotations.Nullable;

/** Decompresses what LevelDB compressed: one block in Snappy's raw format. */
final class SnappyBlock {
    private static final int TAG_LITERAL = 0;
    private static final int TAG_COPY_1 = 1;
    private static final int TAG_COPY_2 = 2;
    private static final int LITERAL_LONG = 60;

    private final byte[] in;
    private final int end;
    private int at;
    private byte[] out = new byte[0];
    private int length;

    private SnappyBlock(byte[] in, int from, int end) {
        this.in = in;
        this.at = from;
        this.end = end;
    }

    /** The plain bytes, or null if the compressed ones are malformed, or longer than {@code bytesMax}. */
    static byte @Nullable [] decompress(byte[] in, int from, int end, int bytesMax) {
        try {
            return new SnappyBlock(in, from, end).decompress(bytesMax);
        } catch (IndexOutOfBoundsException malformed) {
            return null;
        }
    }

    private byte @Nullable [] decompress(int bytesMax) {
        long expected = varint();
        if (expected > bytesMax) {
            return null;
        }
        out = new byte[(int) expected];
        while (at < end) {
            int tag = u8();
            switch (tag & 3) {
                case TAG_LITERAL -> literal(tag >>> 2);
                case TAG_COPY_1 -> copy((tag >>> 5 << 8) | u8(), ((tag >>> 2) & 7) + 4);
                case TAG_COPY_2 -> copy(number(2), (tag >>> 2) + 1);
                default -> copy(number(4), (tag >>> 2) + 1);
            }
        }
        return length == out.length ? out : null;
    }

    private void literal(int code) {
        int count = (code < LITERAL_LONG ? code : number(code - LITERAL_LONG + 1)) + 1;
        if (count < 1 || count > end - at || count > out.length - length) {
            throw new IndexOutOfBoundsException("literal of " + count);
        }
        System.arraycopy(in, at, out, length, count);
        at += count;
        length += count;
    }

    private void copy(int distance, int count) {
        if (distance < 1 || distance > length || count > out.length - length) {
            throw new IndexOutOfBoundsException("copy of " + count + " from " + distance);
        }
        for (int i = 0; i < count; i++) {
            out[length] = out[length - distance];
            length++;
        }
    }

    private int u8() {
        if (at >= end) {
            throw new IndexOutOfBoundsException("end of the block");
        }
        return in[at++] & 0xFF;
    }

    private int number(int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= u8() << (Byte.SIZE * i);
        }
        return value;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int next = u8();
            value |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("length");
    }
}
