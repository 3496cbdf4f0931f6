package io.azekura.http.body;

import akka.util.ByteString;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.ChunkVerifier;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the framing of {@code aws-chunked} off a body, piece by piece as it arrives. Data are passed on as slices of
 * what came in, never copied or kept; of everything else at most one line is held.
 *
 * <pre>
 * body      = *chunk last [trailers]
 * chunk     = size [signature] CRLF size*OCTET CRLF          ; size: 1 to 16 hexadecimal digits, not zero
 * last      = 1*16"0" [signature] CRLF
 * signature = ";chunk-signature=" 64HEXDIG                   ; in signed bodies always, in others never
 * trailers  = *(name ":" value [CR] LF) [("x-amz-trailer-signature:" 64HEXDIG) CRLF] CRLF
 * </pre>
 *
 * Clients differ in how they end a body, so three liberties are granted, none of which can hide a byte of data:
 *
 * <ul>
 *   <li>the body may end where its last CRLF is missing;
 *   <li>one blank line is passed over while an announced trailer or the signature of the trailers is still to come
 *       (Amazon's own example of signed trailers has it);
 *   <li>in an unsigned body the last chunk may come twice before the trailers, with that blank line between (the SDKs
 *       for C++ and .NET sent empty objects so).
 * </ul>
 *
 * For one thread at a time; of no further use once it has thrown.
 */
final class AwsChunkedDecoder {
    /** Sixteen digits, the extension and its signature make 97 bytes. */
    static final int CHUNK_LINE_BYTES_MAX = 256;

    /** A name, a Base64 value and a signature need far less; at most four lines are read behind the last chunk. */
    static final int TRAILER_LINE_BYTES_MAX = 4 * 1024;

    private static final int SIZE_DIGITS_MAX = 16;
    private static final String SIGNATURE = ";chunk-signature=";
    private static final String TRAILER_SIGNATURE = "x-amz-trailer-signature";

    private enum State {
        CHUNK_LINE,
        DATA,
        DATA_END,
        TRAILERS,
        END
    }

    private final long length;
    private final @Nullable ChunkVerifier verifier;
    private final Set<String> announced;
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final StringBuilder line = new StringBuilder();

    private State state = State.CHUNK_LINE;
    private long received;
    private long chunkRest;
    private String chunkSignature = "";
    private boolean blankPassed;
    private boolean lastRepeated;
    private boolean trailersVerified;

    /**
     * @param length of the decoded body
     * @param verifier of the chunks' signatures, or null when they have none
     * @param announced lower-case names of the trailers that must come; no others may
     */
    AwsChunkedDecoder(long length, @Nullable ChunkVerifier verifier, Set<String> announced) {
        this.length = length;
        this.verifier = verifier;
        this.announced = Set.copyOf(announced);
    }

    /**
     * Takes the next piece of the body and hands on the data in it.
     *
     * @throws S3Exception InvalidRequest for broken framing, IncompleteBody for more or less data than the length,
     *     SignatureDoesNotMatch, MalformedTrailerError
     */
    void decode(ByteString piece, Consumer<ByteString> data) {
        int at = 0;
        while (at < piece.length()) {
            at = state == State.DATA ? passData(piece, at, data) : readLine(piece, at);
        }
    }

    /** Tells that the body has ended; throws like {@link #decode} when it should not have. */
    void end() {
        boolean ended = state == State.END || (state == State.TRAILERS && line.isEmpty());
        if (!ended) {
            throw S3Error.INCOMPLETE_BODY.asException("The request body terminated unexpectedly");
        }
        if (isAwaitingTrailer()) {
            throw malformedTrailer();
        }
    }

    /** The trailers by lower-case name, complete after {@link #end}. */
    Map<String, String> trailers() {
        return trailers;
    }

    private int passData(ByteString piece, int from, Consumer<ByteString> data) {
        int to = (int) Math.min(piece.length(), from + chunkRest);
        ByteString slice = piece.slice(from, to);
        if (verifier != null) {
            for (ByteBuffer buffer : slice.getByteBuffers()) {
                verifier.update(buffer);
            }
        }
        data.accept(slice);
        received += to - from;
        chunkRest -= to - from;
        if (chunkRest == 0) {
            state = State.DATA_END;
        }
        return to;
    }

    private int readLine(ByteString piece, int from) {
        int lengthMax = lineLengthMax();
        for (int at = from; at < piece.length(); at++) {
            byte next = piece.apply(at);
            if (state == State.END) {
                throw malformed("There are bytes behind the end of the body.");
            }
            if (next == '\n') {
                String text = line.toString();
                line.setLength(0);
                endLine(text);
                return at + 1;
            }
            if (line.length() >= lengthMax) {
                throw state == State.TRAILERS ? malformedTrailer() : malformed("The chunk framing is malformed.");
            }
            line.append((char) (next & 0xFF));
        }
        return piece.length();
    }

    private int lineLengthMax() {
        return switch (state) {
            case TRAILERS -> TRAILER_LINE_BYTES_MAX;
            case DATA_END -> 1;
            default -> CHUNK_LINE_BYTES_MAX;
        };
    }

    private void endLine(String text) {
        if (state == State.TRAILERS) {
            trailerLine(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            return;
        }
        if (!text.endsWith("\r")) {
            throw malformed("The chunk framing is malformed.");
        }
        if (state == State.CHUNK_LINE) {
            chunkLine(text.substring(0, text.length() - 1));
        } else {
            endChunk();
            state = State.CHUNK_LINE;
        }
    }

    private void chunkLine(String text) {
        int semicolon = text.indexOf(';');
        long size = size(semicolon < 0 ? text : text.substring(0, semicolon));
        chunkSignature = signature(semicolon < 0 ? "" : text.substring(semicolon));
        if (size < 0 || size > length - received) {
            throw S3Error.INCOMPLETE_BODY.asException("The chunks hold more bytes than x-amz-decoded-content-length");
        }
        if (size > 0) {
            chunkRest = size;
            state = State.DATA;
            return;
        }
        if (received < length) {
            throw S3Error.INCOMPLETE_BODY.asException("The chunks hold fewer bytes than x-amz-decoded-content-length");
        }
        endChunk();
        state = State.TRAILERS;
    }

    /** An unsigned 64-bit number, so perhaps negative here. */
    private static long size(String digits) {
        if (digits.isEmpty()
                || digits.length() > SIZE_DIGITS_MAX
                || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw malformed("The size of a chunk is malformed.");
        }
        return HexFormat.fromHexDigitsToLong(digits);
    }

    private String signature(String extension) {
        if (verifier == null && !extension.isEmpty()) {
            throw malformed("A chunk of an unsigned body has an extension.");
        }
        if (verifier != null && !extension.startsWith(SIGNATURE)) {
            throw malformed("A chunk of a signed body has no chunk-signature.");
        }
        return verifier == null ? "" : extension.substring(SIGNATURE.length());
    }

    private void endChunk() {
        if (verifier != null) {
            verifier.endChunk(chunkSignature);
        }
    }

    private void trailerLine(String text) {
        if (text.isEmpty()) {
            blankLine();
        } else if (isRepeatedLast(text)) {
            lastRepeated = true;
        } else {
            trailer(text);
        }
    }

    private void blankLine() {
        if (!isAwaitingTrailer()) {
            state = State.END;
        } else if (blankPassed) {
            throw malformedTrailer();
        } else {
            blankPassed = true;
        }
    }

    private boolean isRepeatedLast(String text) {
        return verifier == null
                && length == 0
                && blankPassed
                && !lastRepeated
                && trailers.isEmpty()
                && text.equals("0");
    }

    private void trailer(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || trailersVerified) {
            throw malformedTrailer();
        }
        String name = text.substring(0, colon).toLowerCase(Locale.ROOT);
        String value = text.substring(colon + 1).strip();
        if (verifier != null && name.equals(TRAILER_SIGNATURE) && trailers.size() == announced.size()) {
            verifier.endTrailers(canonicalTrailers(), value);
            trailersVerified = true;
        } else if (!announced.contains(name) || trailers.put(name, value) != null) {
            throw malformedTrailer();
        }
    }

    private String canonicalTrailers() {
        StringBuilder text = new StringBuilder();
        trailers.forEach(
                (name, value) -> text.append(name).append(':').append(value).append('\n'));
        return text.toString();
    }

    private boolean isAwaitingTrailer() {
        boolean unsignedTrailers = verifier != null && !announced.isEmpty() && !trailersVerified;
        return trailers.size() < announced.size() || unsignedTrailers;
    }

    private static S3Exception malformed(String text) {
        return S3Error.INVALID_REQUEST.asException(text);
    }

    private static S3Exception malformedTrailer() {
        return S3Error.MALFORMED_TRAILER_ERROR.asException();
    }
}
