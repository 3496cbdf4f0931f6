package io.azekura.http.error;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal of the client's request. Carries no stack trace: it says something about the request, not about this
 * program, and hostile requests must be cheap.
 */
public final class S3Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final S3Error error;
    private final String text;
    private final transient Map<String, String> fields;

    public S3Exception(S3Error error, String text) {
        this(error, text, Map.of());
    }

    /**
     * @param text what {@code <Message>} says
     * @param fields further elements of {@code <Error>} by name, in the order in which they are to be written
     */
    public S3Exception(S3Error error, String text, Map<String, String> fields) {
        super(error.code() + ": " + text, null, false, false);
        this.error = error;
        this.text = text;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public S3Error error() {
        return error;
    }

    /** What {@code <Message>} says. */
    public String text() {
        return text;
    }

    /** Further elements of {@code <Error>}. */
    public Map<String, String> fields() {
        return fields;
    }

    /** The same refusal with one more element. */
    public S3Exception with(String field, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new S3Exception(error, text, more);
    }
}
