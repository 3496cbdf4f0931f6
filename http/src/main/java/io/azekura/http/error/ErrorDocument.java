package io.azekura.http.error;

import akka.util.ByteString;
import io.azekura.http.xml.XmlWriter;
import java.util.Map;

/**
 * The XML that tells a client of an error, in the order in which Amazon writes it: code, message, what belongs to this
 * error alone, resource, request id, host id.
 */
public final class ErrorDocument {
    private ErrorDocument() {}

    /**
     * The document for a refusal.
     *
     * @param resource bucket and key as asked for, never the query: it may hold a signature
     */
    public static ByteString of(S3Exception refusal, String resource, String requestId, String hostId) {
        return of(refusal.error().code(), refusal.text(), refusal.fields(), resource, requestId, hostId);
    }

    /** For refusals that come from below S3, whose codes Amazon does not list. */
    public static ByteString of(
            String code, String message, Map<String, String> fields, String resource, String requestId, String hostId) {
        XmlWriter xml = XmlWriter.plain("Error").element("Code", code).element("Message", message);
        fields.forEach(xml::element);
        return xml.element("Resource", resource)
                .element("RequestId", requestId)
                .element("HostId", hostId)
                .finish();
    }
}
