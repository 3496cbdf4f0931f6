package io.azekura.http.route;

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
                add(parameter.name(), parameter.value());
            }
        }
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
