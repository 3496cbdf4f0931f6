package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.QueryParameter;
import io.azekura.http.sigv4.RawRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The header fields of a request by lower-case name. The {@code x-amz-} parameters of a presigned query are among them,
 * because presigning clients move such headers there and S3 takes them for what they were.
 */
public final class RequestHeaders {
    private static final String AMAZON = "x-amz-";

    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    public RequestHeaders(RawRequest request) {
        request.headers().forEach(header -> add(header.name(), header.value()));
        for (QueryParameter parameter : request.query()) {
            if (parameter.name().regionMatches(true, 0, AMAZON, 0, AMAZON.length())) {
                requireHeaderText(parameter);
                add(parameter.name(), parameter.value());
            }
        }
    }

    /** What could not have come in a header must not get out in one. */
    private static void requireHeaderText(QueryParameter parameter) {
        boolean named = parameter.name().chars().allMatch(c -> c > ' ' && c < 0x7F && c != ':');
        if (!named || !isHeaderText(parameter.value())) {
            throw S3Error.INVALID_ARGUMENT
                    .asException("A header given as a query parameter cannot hold control characters.")
                    .with("ArgumentName", parameter.name());
        }
    }

    /** Whether a text may be the value of a header field. */
    static boolean isHeaderText(String text) {
        return text.chars().noneMatch(c -> (c < ' ' && c != '\t') || c == 0x7F);
    }

    private void add(String name, String value) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        values.computeIfAbsent(lowerCase, first -> {
                    names.add(first);
                    return new ArrayList<>(1);
                })
                .add(value);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value; those of a repeated name joined by commas, which is what the repetition means (RFC 9110, 5.3). */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).map(all -> all.size() == 1 ? all.get(0) : String.join(",", all));
    }

    /** Each name once, in order of its first occurrence. */
    public List<String> names() {
        return names;
    }
}
