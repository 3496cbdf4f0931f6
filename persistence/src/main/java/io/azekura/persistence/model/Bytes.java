package io.azekura.persistence.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes, ordered as unsigned bytes from the left: the order of S3 listings and of the index.
 * Wraps the array it is given without copying; whoever hands one over must not write to it afterwards.
 */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Copies the remaining bytes of the buffer, whose position does not move. */
    public static Bytes copyOf(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return wrap(copy);
    }

    public int length() {
        return array.length;
    }

    public byte at(int index) {
        return array[index];
    }

    /** The backing array itself: for reading only. */
    public byte[] array() {
        return array;
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array).asReadOnlyBuffer();
    }

    public boolean startsWith(Bytes prefix) {
        return array.length >= prefix.array.length
                && Arrays.equals(array, 0, prefix.array.length, prefix.array, 0, prefix.array.length);
    }

    public Bytes slice(int from, int to) {
        return wrap(Arrays.copyOfRange(array, from, to));
    }

    /** The first index at or after {@code from} where {@code needle} begins, or -1. An empty needle is never found. */
    public int indexOf(Bytes needle, int from) {
        int last = array.length - needle.array.length;
        for (int i = from; needle.array.length > 0 && i <= last; i++) {
            if (Arrays.equals(array, i, i + needle.array.length, needle.array, 0, needle.array.length)) {
                return i;
            }
        }
        return -1;
    }

    /** The least run of bytes greater than every one that starts with this, or null when there is none (all 0xFF). */
    public @org.jspecify.annotations.Nullable Bytes successorOfPrefix() {
        int end = array.length;
        while (end > 0 && array[end - 1] == (byte) 0xFF) {
            end--;
        }
        if (end == 0) {
            return null;
        }
        byte[] next = Arrays.copyOf(array, end);
        next[end - 1]++;
        return wrap(next);
    }

    public String utf8() {
        return new String(array, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** Length and at most sixteen bytes in hexadecimal: safe for logs, whatever the bytes are. */
    @Override
    public String toString() {
        int shown = Math.min(array.length, 16);
        return array.length + " bytes " + HexFormat.of().formatHex(array, 0, shown) + (shown < array.length ? "…" : "");
    }
}
