package io.azekura.http.route;

import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operation answers, before the server adds request id and date. Header names and values go out as they are
 * here; the body carries the content type, because Akka treats it apart.
 */
public record S3Response(int status, List<Header> headers, Body body) {
    public static final String XML = "application/xml";

    public S3Response {
        headers = List.copyOf(headers);
    }

    public record Header(String name, String value) {}

    public sealed interface Body {}

    /** No body and no content type. */
    public enum NoBody implements Body {
        INSTANCE
    }

    public record StrictBody(String contentType, ByteString bytes) implements Body {}

    /** Exactly {@code length} bytes; a source that fails or ends early aborts the connection. */
    public record StreamedBody(String contentType, long length, Source<ByteString, ?> bytes) implements Body {}

    /** The answer to HEAD: what the body would be. */
    public record DescribedBody(String contentType, long length) implements Body {}

    public static S3Response empty(int status) {
        return new S3Response(status, List.of(), NoBody.INSTANCE);
    }

    public static S3Response xml(ByteString document) {
        return new S3Response(200, List.of(), new StrictBody(XML, document));
    }

    public S3Response with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new S3Response(status, more, body);
    }
}
