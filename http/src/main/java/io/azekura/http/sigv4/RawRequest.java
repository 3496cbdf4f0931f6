package io.azekura.http.sigv4;

import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a request as it came over the wire: what a signature covers. Path and query are decoded once, here, and
 * whoever authorises or stores must use the same decoded forms. Immutable.
 */
public final class RawRequest {
    private final String method;
    private final String rawPath;
    private final Bytes path;
    private final List<QueryParameter> query;
    private final List<Header> headers;
    private final Map<String, List<String>> values = new HashMap<>();

    /**
     * @param target the request target verbatim, in origin or absolute form
     * @param headers all header lines in their order, also those that the HTTP library treats specially: {@code Host},
     *     {@code Content-Length}, {@code Content-Type}, {@code Content-Encoding}, {@code Transfer-Encoding},
     *     {@code Expect}; a client may have signed any of them
     * @throws S3Exception InvalidURI when an escape of the target is broken
     */
    public RawRequest(String method, String target, List<Header> headers) {
        this.method = method;
        String origin = originForm(target);
        int mark = origin.indexOf('?');
        this.rawPath = mark < 0 ? origin : origin.substring(0, mark);
        this.path = PercentCoding.decodePath(rawPath);
        this.query = mark < 0 ? List.of() : parseQuery(origin.substring(mark + 1));
        this.headers = List.copyOf(headers);
        for (Header header : headers) {
            values.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
                    .add(header.value());
        }
    }

    public String method() {
        return method;
    }

    /** The path as it was sent. */
    public String rawPath() {
        return rawPath;
    }

    /** The bytes that the path spells; begins with a slash except in {@code OPTIONS *}. */
    public Bytes path() {
        return path;
    }

    /** The parameters in the order in which they were sent. */
    public List<QueryParameter> query() {
        return query;
    }

    /** All values of one parameter, whose name is case-sensitive. */
    public List<String> parameters(String name) {
        List<String> found = new ArrayList<>(1);
        for (QueryParameter parameter : query) {
            if (parameter.name().equals(name)) {
                found.add(parameter.value());
            }
        }
        return found;
    }

    public List<Header> headers() {
        return headers;
    }

    /** The lower-case names of all headers. */
    public Iterable<String> headerNames() {
        return List.copyOf(values.keySet());
    }

    /** All values of the header with this lower-case name, in order. */
    public List<String> values(String lowerCaseName) {
        return values.getOrDefault(lowerCaseName, List.of());
    }

    /** The first value of the header with this lower-case name. */
    public Optional<String> value(String lowerCaseName) {
        List<String> all = values(lowerCaseName);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
    }

    private static String originForm(String target) {
        int scheme = target.indexOf("://");
        if (target.startsWith("/") || scheme < 0 || target.lastIndexOf('?', scheme) >= 0) {
            return target;
        }
        int path = scheme + "://".length();
        while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
            path++;
        }
        String rest = target.substring(path);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static List<QueryParameter> parseQuery(String raw) {
        List<QueryParameter> parameters = new ArrayList<>();
        int start = 0;
        while (start <= raw.length()) {
            int ampersand = raw.indexOf('&', start);
            int end = ampersand < 0 ? raw.length() : ampersand;
            if (end > start) {
                int equals = raw.indexOf('=', start);
                int nameEnd = equals < 0 || equals > end ? end : equals;
                parameters.add(new QueryParameter(
                        PercentCoding.decodeQueryPart(raw.substring(start, nameEnd)),
                        PercentCoding.decodeQueryPart(raw.substring(Math.min(nameEnd + 1, end), end))));
            }
            start = end + 1;
        }
        return List.copyOf(parameters);
    }
}
