package io.azekura.persistence.format;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a binary record and trusts nothing in it: every length is compared with what is left before anything is
 * allocated, numbers that could have been written shorter are refused, text must be UTF-8. Whatever is wrong becomes a
 * {@link CorruptException} that names the source and the byte offset in it. One thread.
 *
 * <pre>
 * u8      1 byte
 * i32     4 bytes, big-endian
 * i64     8 bytes, big-endian
 * varint  1 to 10 bytes, 7 bits each, low bits first, high bit set on all but the last; no needless last zero byte
 * blob    varint length, bytes
 * text    blob of UTF-8
 * </pre>
 */
public final class ByteReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] array;
    private final int start;
    private final int end;
    private final String source;
    private int position;

    /** Reads the whole array; {@code source} names it in error messages. */
    public ByteReader(byte[] array, String source) {
        this(array, 0, array.length, source);
    }

    /** Reads from {@code start} up to {@code end}; offsets in error messages count from {@code start}. */
    public ByteReader(byte[] array, int start, int end, String source) {
        this.array = array;
        this.start = start;
        this.end = end;
        this.source = source;
        this.position = start;
    }

    public int remaining() {
        return end - position;
    }

    /** Index of the next byte in the backing array. */
    public int position() {
        return position;
    }

    /** The backing array: for reading only. */
    public byte[] array() {
        return array;
    }

    public int u8() throws CorruptException {
        need(1);
        return array[position++] & 0xFF;
    }

    /** A byte that must be 0 or 1. */
    public boolean flag() throws CorruptException {
        int value = u8();
        if (value > 1) {
            throw corruptBefore(1, "0 or 1", Integer.toString(value));
        }
        return value == 1;
    }

    /**
     * The version byte in front of a format.
     *
     * @throws FormatTooNewException if it is above {@code newest}, the newest version that the caller reads
     */
    public int version(int newest) throws CorruptException, FormatTooNewException {
        int found = u8();
        if (found == 0) {
            throw corruptBefore(1, "a format version from 1 to " + newest, "0");
        }
        if (found > newest) {
            throw new FormatTooNewException(source, found, newest);
        }
        return found;
    }

    public int i32() throws CorruptException {
        need(Integer.BYTES);
        int value = (int) INT.get(array, position);
        position += Integer.BYTES;
        return value;
    }

    public long i64() throws CorruptException {
        need(Long.BYTES);
        long value = (long) LONG.get(array, position);
        position += Long.BYTES;
        return value;
    }

    public long varint() throws CorruptException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = u8();
            value |= (next & 0x7FL) << shift;
            boolean tooLarge = shift == 63 && next > 1;
            boolean needless = shift > 0 && next == 0;
            if (tooLarge || needless) {
                throw corruptBefore(1, "the end of a shortest varint", "byte " + next);
            }
            if (next < 0x80) {
                return value;
            }
        }
        throw corruptBefore(1, "a varint of at most 10 bytes", "more");
    }

    /** A varint that must lie between 0 and {@code max}. */
    public long varint(long max) throws CorruptException {
        int before = position;
        long value = varint();
        if (value < 0 || value > max) {
            throw corruptBefore(position - before, "at most " + max, Long.toUnsignedString(value));
        }
        return value;
    }

    /** A varint count or size that must lie between 0 and {@code max}. */
    public int varint(int max) throws CorruptException {
        return (int) varint((long) max);
    }

    public byte[] blob() throws CorruptException {
        return bytes(varint(remaining()));
    }

    public String text() throws CorruptException {
        int length = varint(remaining());
        need(length);
        String text = new String(array, position, length, StandardCharsets.UTF_8);
        // Malformed input always shows as the replacement character, which may also have been written on purpose.
        if (text.indexOf('\uFFFD') >= 0) {
            byte[] again = text.getBytes(StandardCharsets.UTF_8);
            if (!Arrays.equals(again, 0, again.length, array, position, position + length)) {
                throw corrupt("UTF-8", "other bytes");
            }
        }
        position += length;
        return text;
    }

    public byte[] bytes(int length) throws CorruptException {
        need(length);
        byte[] copy = Arrays.copyOfRange(array, position, position + length);
        position += length;
        return copy;
    }

    /** A reader of the next {@code length} bytes, which this one skips. */
    public ByteReader slice(int length) throws CorruptException {
        need(length);
        ByteReader slice = new ByteReader(array, position, position + length, source);
        position += length;
        return slice;
    }

    /** Fails unless everything was read. */
    public void end() throws CorruptException {
        if (position != end) {
            throw corrupt("the end of the record", (end - position) + " more bytes");
        }
    }

    /** Something wrong at the current position. */
    public CorruptException corrupt(String expected, String found) {
        return corruptBefore(0, expected, found);
    }

    /** Something wrong with the last {@code length} bytes that were read. */
    public CorruptException corruptBefore(int length, String expected, String found) {
        return new CorruptException(source, position - start - length, expected, found);
    }

    private void need(int length) throws CorruptException {
        if (length > end - position) {
            throw corrupt(length + " bytes", (end - position) + " bytes");
        }
    }
}
