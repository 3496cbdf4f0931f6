package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.QueryParameter;
import io.azekura.persistence.model.Checksum;
import io.azekura.persistence.model.ObjectRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How what is stored beside the bytes of an object becomes the header of an answer. */
final class ObjectHeaders {
    static final String METADATA = "x-amz-meta-";
    static final String CONTENT_TYPE = "content-type";

    /** What S3 says of objects that were stored without a type. */
    static final String DEFAULT_CONTENT_TYPE = "binary/octet-stream";

    /** The system headers that are kept and given back as they were sent, with the spelling of the answer. */
    static final Map<String, String> KEPT = Map.of(
            CONTENT_TYPE,
            "Content-Type",
            "cache-control",
            "Cache-Control",
            "content-disposition",
            "Content-Disposition",
            "content-encoding",
            "Content-Encoding",
            "content-language",
            "Content-Language",
            "expires",
            "Expires");

    private static final String OVERRIDE = "response-";

    private ObjectHeaders() {}

    /** All but content type, length and range. */
    static List<S3Response.Header> of(ObjectRecord record, Map<String, String> overrides) {
        List<S3Response.Header> headers = new ArrayList<>();
        headers.add(new S3Response.Header("ETag", quoted(record.etag())));
        headers.add(new S3Response.Header("Last-Modified", Times.http(record.time())));
        headers.add(new S3Response.Header("Accept-Ranges", "bytes"));
        Map<String, String> system = new TreeMap<>(record.headers());
        system.putAll(overrides);
        system.forEach((name, value) -> {
            String spelled = KEPT.get(name);
            if (spelled != null && !name.equals(CONTENT_TYPE)) {
                headers.add(new S3Response.Header(spelled, value));
            }
        });
        record.metadata().forEach((name, value) -> headers.add(new S3Response.Header(METADATA + name, value)));
        return headers;
    }

    static String contentType(ObjectRecord record, Map<String, String> overrides) {
        String stored = record.headers().getOrDefault(CONTENT_TYPE, DEFAULT_CONTENT_TYPE);
        return overrides.getOrDefault(CONTENT_TYPE, stored);
    }

    /** What the {@code response-…} parameters of a read put in place of stored headers, by lower-case name. */
    static Map<String, String> overrides(QueryParameters query) {
        Map<String, String> overrides = new TreeMap<>();
        for (QueryParameter parameter : query.all()) {
            if (parameter.name().startsWith(OVERRIDE)) {
                String name = parameter.name().substring(OVERRIDE.length());
                requireHeaderText(parameter);
                overrides.put(name, parameter.value());
            }
        }
        return overrides;
    }

    /** Whether the router may let this parameter through to a read. */
    static boolean isOverride(String parameter) {
        return parameter.startsWith(OVERRIDE) && KEPT.containsKey(parameter.substring(OVERRIDE.length()));
    }

    private static void requireHeaderText(QueryParameter parameter) {
        if (!RequestHeaders.isHeaderText(parameter.value())) {
            throw S3Error.INVALID_ARGUMENT
                    .asException("Header values cannot hold control characters.")
                    .with("ArgumentName", parameter.name());
        }
    }

    static List<S3Response.Header> checksums(ObjectRecord record) {
        List<S3Response.Header> headers = new ArrayList<>();
        for (Checksum checksum : record.checksums()) {
            headers.add(new S3Response.Header(
                    "x-amz-checksum-" + checksum.algorithm().name().toLowerCase(Locale.ROOT), checksum.base64()));
        }
        if (!headers.isEmpty()) {
            String type = record.checksums().get(0).type().name();
            headers.add(new S3Response.Header("x-amz-checksum-type", type));
        }
        return headers;
    }

    static String quoted(String etag) {
        return "\"" + etag + "\"";
    }
}
