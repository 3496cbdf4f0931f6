package io.azekura.http.route;

import io.azekura.persistence.model.Bytes;

/**
 * Keys and prefixes as a listing prints them: as they are, or percent-encoded for clients that asked for
 * {@code encoding-type=url} because XML cannot carry every character. Encoded, slashes stay, and a blank is
 * {@code %20}, which decoders that know the plus sign and those that do not both understand.
 */
record ListingText(boolean encoded) {
    private static final String HEX = "0123456789ABCDEF";
    private static final String UNRESERVED_MARKS = "-_.~/";

    String of(Bytes text) {
        return encoded ? encode(text) : text.utf8();
    }

    private static String encode(Bytes text) {
        StringBuilder out = new StringBuilder(text.length() + text.length() / 2);
        for (int i = 0; i < text.length(); i++) {
            int b = text.at(i) & 0xFF;
            if (isPlain(b)) {
                out.append((char) b);
            } else {
                out.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xF));
            }
        }
        return out.toString();
    }

    private static boolean isPlain(int b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || UNRESERVED_MARKS.indexOf(b) >= 0;
    }
}
