package io.azekura.persistence.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds a binary record in a growing array: the counterpart of {@link ByteReader}, which documents the encodings.
 * Every value has exactly one encoding, so that equal values give equal bytes and may be digested. One thread.
 */
public final class ByteWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int size;

    public ByteWriter(int capacity) {
        array = new byte[Math.max(capacity, 16)];
    }

    public ByteWriter u8(int value) {
        reserve(1);
        array[size++] = (byte) value;
        return this;
    }

    public ByteWriter i32(int value) {
        reserve(Integer.BYTES);
        INT.set(array, size, value);
        size += Integer.BYTES;
        return this;
    }

    public ByteWriter i64(long value) {
        reserve(Long.BYTES);
        LONG.set(array, size, value);
        size += Long.BYTES;
        return this;
    }

    /** Seven bits a byte, low ones first, as an unsigned number: one byte below 128, at most ten. */
    public ByteWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            u8((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    public ByteWriter bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    public ByteWriter bytes(byte[] source, int from, int to) {
        int length = to - from;
        reserve(length);
        System.arraycopy(source, from, array, size, length);
        size += length;
        return this;
    }

    /** The length as a varint, then the bytes. */
    public ByteWriter blob(byte[] value) {
        return varint(value.length).bytes(value);
    }

    /** The text in UTF-8, as a blob. */
    public ByteWriter text(String value) {
        return blob(value.getBytes(StandardCharsets.UTF_8));
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** The backing array, of which the first {@link #size} bytes are written: valid until the next write. */
    public byte[] array() {
        return array;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(array, size);
    }

    private void reserve(int more) {
        int needed = Math.addExact(size, more);
        if (needed > array.length) {
            array = Arrays.copyOf(array, Math.max(needed, Math.multiplyExact(array.length, 2)));
        }
    }
}
