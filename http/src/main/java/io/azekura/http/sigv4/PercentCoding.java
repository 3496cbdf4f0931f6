package io.azekura.http.sigv4;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Percent-encoding as S3 reads and signs it. Every text is decoded exactly once, to bytes; dots, slashes and whatever
 * else they spell mean nothing here. In a query a {@code +} is a space, as for Amazon and for the clients that sign
 * {@code %20} and send {@code +}; in a path it is a plus.
 */
public final class PercentCoding {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private PercentCoding() {}

    /**
     * The bytes that a raw path spells.
     *
     * @throws S3Exception InvalidURI for a broken escape or a character that is not ASCII
     */
    public static Bytes decodePath(String raw) {
        return Bytes.wrap(decode(raw, false));
    }

    /** A raw path decoded once and encoded again by S3's rules, so that all spellings of one key agree. */
    static String canonicalPath(String raw) {
        return isCanonical(raw) ? raw : encode(decode(raw, false), true);
    }

    /** The same for a name or a value of a query, where the slash is encoded too. */
    static String canonicalQueryPart(String decoded) {
        return encode(decoded.getBytes(StandardCharsets.UTF_8), false);
    }

    /** The text that a raw name or value of a query spells; InvalidURI too when its bytes are not UTF-8. */
    static String decodeQueryPart(String raw) {
        if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
            requireAscii(raw);
            return raw;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decode(raw, true)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw S3Error.INVALID_URI.asException();
        }
    }

    private static byte[] decode(String raw, boolean plusIsSpace) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = escape(raw, i);
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes[length++] = ' ';
            } else {
                requireAscii(c);
                bytes[length++] = (byte) c;
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private static byte escape(String raw, int percent) {
        if (percent + 2 < raw.length()) {
            char high = raw.charAt(percent + 1);
            char low = raw.charAt(percent + 2);
            if (HexFormat.isHexDigit(high) && HexFormat.isHexDigit(low)) {
                return (byte) ((HexFormat.fromHexDigit(high) << 4) | HexFormat.fromHexDigit(low));
            }
        }
        throw S3Error.INVALID_URI.asException();
    }

    private static String encode(byte[] bytes, boolean keepSlash) {
        StringBuilder text = new StringBuilder(bytes.length + bytes.length / 2);
        for (byte b : bytes) {
            char c = (char) (b & 0xFF);
            if (isUnreserved(c) || (c == '/' && keepSlash)) {
                text.append(c);
            } else {
                text.append('%').append(HEX[c >> 4]).append(HEX[c & 0xF]);
            }
        }
        return text.toString();
    }

    private static boolean isCanonical(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (!isUnreserved(c) && c != '/') {
                return false;
            }
        }
        return true;
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~".indexOf(c) >= 0;
    }

    private static void requireAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            requireAscii(text.charAt(i));
        }
    }

    private static void requireAscii(char c) {
        if (c >= 0x80) {
            throw S3Error.INVALID_URI.asException();
        }
    }
}
