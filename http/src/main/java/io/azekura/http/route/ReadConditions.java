package io.azekura.http.route;

import io.azekura.persistence.model.ObjectRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * The conditions of GET and HEAD in the precedence of RFC 9110, 13.2.2, which is also Amazon's: If-Match before
 * If-Unmodified-Since, If-None-Match before If-Modified-Since, the first of each pair voiding the second.
 */
final class ReadConditions {
    /** What the conditions say about one version of an object. */
    enum Verdict {
        SEND,
        NOT_MODIFIED,
        FAILED
    }

    private static final String ANY = "*";

    private ReadConditions() {}

    static Verdict judge(RequestHeaders headers, ObjectRecord record) {
        Optional<String> ifMatch = headers.get("if-match");
        boolean stillValid = ifMatch.isPresent()
                ? names(ifMatch.get(), record.etag())
                : date(headers, "if-unmodified-since")
                        .map(since -> !Times.lastModified(record).isAfter(since))
                        .orElse(true);
        if (!stillValid) {
            return Verdict.FAILED;
        }
        Optional<String> ifNoneMatch = headers.get("if-none-match");
        boolean changed = ifNoneMatch.isPresent()
                ? !names(ifNoneMatch.get(), record.etag())
                : date(headers, "if-modified-since")
                        .map(since -> Times.lastModified(record).isAfter(since))
                        .orElse(true);
        return changed ? Verdict.SEND : Verdict.NOT_MODIFIED;
    }

    /** Whether {@code If-Range}, if there is one, still lets the range count (RFC 9110, 13.1.5). */
    static boolean rangeCounts(RequestHeaders headers, ObjectRecord record) {
        Optional<String> condition = headers.get("if-range");
        if (condition.isEmpty()) {
            return true;
        }
        return Times.parseHttp(condition.get())
                .map(date -> Times.lastModified(record).equals(date))
                .orElseGet(() -> unquoted(condition.get()).equals(record.etag()));
    }

    private static Optional<Instant> date(RequestHeaders headers, String name) {
        return headers.get(name).flatMap(Times::parseHttp);
    }

    /** Whether a list of entity tags, or the asterisk, names this one. Unquoted tags are common and taken as meant. */
    private static boolean names(String list, String etag) {
        for (String element : list.split(",", -1)) {
            String tag = element.strip();
            if (tag.equals(ANY) || unquoted(tag).equals(etag)) {
                return true;
            }
        }
        return false;
    }

    /** The tag without quotes and without the mark of a weak one: our tags name bytes, so weak or strong is the same. */
    static String unquoted(String tag) {
        String opaque = tag.strip();
        opaque = opaque.startsWith("W/") ? opaque.substring(2) : opaque;
        boolean quoted = opaque.length() >= 2 && opaque.startsWith("\"") && opaque.endsWith("\"");
        return quoted ? opaque.substring(1, opaque.length() - 1) : opaque;
    }
}
