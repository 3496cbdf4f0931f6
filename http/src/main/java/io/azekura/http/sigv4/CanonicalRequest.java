package io.azekura.http.sigv4;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The text that a client and a server make of a request independently, and sign.
 *
 * <pre>
 * canonical = method LF uri LF query LF *(name ":" value LF) LF signed-headers LF payload-hash
 * query     = [parameter *("&amp;" parameter)]        ; encoded, ascending by name, then by value
 * value     = every line's value in order, joined by "," ; trimmed, each run of white space one space
 * </pre>
 *
 * A request can have several readings: {@link #readings} gives all that mean the same request, likeliest first.
 */
final class CanonicalRequest {
    private static final String CONTENT_ENCODING = "content-encoding";

    private CanonicalRequest() {}

    /**
     * <ol>
     *   <li>The path decoded once and encoded by S3's rules, as the documentation demands; or the path as it was sent,
     *       for clients that sign what they send. Both name the same key.
     *   <li>{@code Content-Encoding} as it was received; or its list without spaces, because Akka HTTP renders
     *       {@code aws-chunked,gzip} anew as {@code aws-chunked, gzip}. Both are the same list.
     * </ol>
     */
    static List<String> readings(RawRequest request, SignatureClaim claim) {
        String query = query(request);
        List<String> readings = new ArrayList<>(1);
        for (String headers : headerReadings(request, claim.signedHeaders())) {
            for (String path : pathReadings(request)) {
                readings.add(request.method() + "\n" + path + "\n" + query + "\n" + headers + "\n"
                        + String.join(";", claim.signedHeaders()) + "\n" + claim.payloadHash());
            }
        }
        return readings;
    }

    private static List<String> pathReadings(RawRequest request) {
        String canonical = PercentCoding.canonicalPath(request.rawPath());
        return canonical.equals(request.rawPath()) ? List.of(canonical) : List.of(canonical, request.rawPath());
    }

    private static List<String> headerReadings(RawRequest request, List<String> signed) {
        String received = headers(request, signed, false);
        if (!signed.contains(CONTENT_ENCODING)) {
            return List.of(received);
        }
        String unspaced = headers(request, signed, true);
        return unspaced.equals(received) ? List.of(received) : List.of(received, unspaced);
    }

    private static String headers(RawRequest request, List<String> signed, boolean unspaceEncodings) {
        StringBuilder text = new StringBuilder(512);
        for (String name : signed) {
            text.append(name).append(':');
            String separator = "";
            for (String value : request.values(name)) {
                boolean unspace = unspaceEncodings && name.equals(CONTENT_ENCODING);
                text.append(separator);
                appendTrimmed(text, unspace ? value.replace(", ", ",") : value);
                separator = ",";
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static void appendTrimmed(StringBuilder text, String value) {
        int start = text.length();
        boolean space = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ' ' || c == '\t') {
                space = true;
            } else {
                if (space && text.length() > start) {
                    text.append(' ');
                }
                space = false;
                text.append(c);
            }
        }
    }

    private static String query(RawRequest request) {
        if (request.query().isEmpty()) {
            return "";
        }
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        for (QueryParameter parameter : request.query()) {
            if (!parameter.name().equals(PresignedQuery.SIGNATURE)) {
                parameters.add(Map.entry(
                        PercentCoding.canonicalQueryPart(parameter.name()),
                        PercentCoding.canonicalQueryPart(parameter.value())));
            }
        }
        parameters.sort(Map.Entry.<String, String>comparingByKey()
                .thenComparing(Map.Entry.comparingByValue(Comparator.naturalOrder())));
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> parameter : parameters) {
            text.append(text.isEmpty() ? "" : "&")
                    .append(parameter.getKey())
                    .append('=')
                    .append(parameter.getValue());
        }
        return text.toString();
    }
}
