package io.azekura.http.route;

import java.util.Optional;

/**
 * A {@code Range} header of one byte range: {@code bytes=first-last}, {@code bytes=first-} or {@code bytes=-suffix}.
 * As in S3, whatever is not of this form, several ranges among it, counts as no range at all. Numbers may be of any
 * length; those beyond 2^63 are as good as 2^63 - 1.
 *
 * @param first -1 for a suffix range
 * @param last the last byte wanted, inclusive, or the length of the suffix
 */
record ByteRange(long first, long last) {
    private static final String UNIT = "bytes=";
    private static final int DIGITS_SURE_TO_FIT = 18;

    /** Bytes that exist: never empty. */
    record Slice(long first, long length) {}

    static Optional<ByteRange> parse(String header) {
        String text = header.strip();
        if (!text.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return Optional.empty();
        }
        String range = text.substring(UNIT.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0 || !isNumber(range, 0, dash) || !isNumber(range, dash + 1, range.length())) {
            return Optional.empty();
        }
        boolean suffix = dash == 0;
        boolean open = dash == range.length() - 1;
        if (suffix) {
            return open ? Optional.empty() : Optional.of(new ByteRange(-1, number(range.substring(1))));
        }
        long first = number(range.substring(0, dash));
        long last = open ? Long.MAX_VALUE : number(range.substring(dash + 1));
        return last < first ? Optional.empty() : Optional.of(new ByteRange(first, last));
    }

    /** What of it lies within an object of this size; empty means 416. */
    Optional<Slice> within(long size) {
        if (first < 0) {
            long length = Math.min(last, size);
            return length == 0 ? Optional.empty() : Optional.of(new Slice(size - length, length));
        }
        return first >= size ? Optional.empty() : Optional.of(new Slice(first, Math.min(last, size - 1) - first + 1));
    }

    private static boolean isNumber(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static long number(String digits) {
        int start = 0;
        while (start < digits.length() - 1 && digits.charAt(start) == '0') {
            start++;
        }
        String significant = digits.substring(start);
        return significant.length() <= DIGITS_SURE_TO_FIT ? Long.parseLong(significant) : saturated(significant);
    }

    private static long saturated(String significant) {
        try {
            return Long.parseLong(significant);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
