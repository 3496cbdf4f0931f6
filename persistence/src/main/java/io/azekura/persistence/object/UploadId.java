package io.azekura.persistence.object;

import java.util.HexFormat;

/** Names one multipart upload, for ever; sixteen bytes that nobody can guess. */
public record UploadId(long high, long low) implements Comparable<UploadId> {
    /** Length in keys and formats. */
    public static final int BYTES = 16;

    @Override
    public int compareTo(UploadId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Thirty-two hexadecimal digits, in the same order. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
