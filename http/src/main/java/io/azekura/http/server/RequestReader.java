package io.azekura.http.server;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.RawRequestURI;
import io.azekura.http.error.S3Error;
import io.azekura.http.route.S3Request;
import io.azekura.http.route.Target;
import io.azekura.http.sigv4.Header;
import io.azekura.http.sigv4.RawRequest;
import io.azekura.persistence.Check;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the typed request from Akka's, within limits that are checked before anybody is authenticated. */
final class RequestReader {
    /** All names and values together, with the separators that HTTP puts between them. */
    static final int HEADER_BYTES_MAX = 32 * 1024;

    private static final int SEPARATORS_PER_HEADER = ": \r\n".length();

    private final List<String> domains;

    RequestReader(List<String> domains) {
        this.domains = List.copyOf(domains);
    }

    /** Throws {@link io.azekura.http.error.S3Exception} for what breaks a limit or names no possible target. */
    S3Request read(String id, HttpRequest http) {
        List<Header> headers = headers(http);
        checkSize(headers);
        RawRequest raw = new RawRequest(http.method().value(), rawTarget(http), headers);
        Target target = Target.of(raw.path(), virtualBucket(http));
        return new S3Request(id, raw, target, remoteAddress(http));
    }

    /** The request line's target as the client wrote it; a header that it made up by the same name is not this type. */
    static String rawTarget(HttpRequest http) {
        for (HttpHeader header : http.getHeaders()) {
            if (header instanceof RawRequestURI) {
                return header.value();
            }
        }
        Check.state(false, "raw-request-uri-header is off");
        throw new AssertionError();
    }

    @Nullable
    String virtualBucket(HttpRequest http) {
        return Target.virtualBucket(
                http.getHeader("host").map(HttpHeader::value).orElse(""), domains);
    }

    static String remoteAddress(HttpRequest http) {
        return http.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(RemoteAddress::getAddress)
                .map(InetAddress::getHostAddress)
                .orElse("unknown");
    }

    /** Gives back the headers that Akka has made part of the entity. */
    private static List<Header> headers(HttpRequest http) {
        List<Header> headers = new ArrayList<>();
        boolean contentType = false;
        for (HttpHeader header : http.getHeaders()) {
            if (!(header instanceof RawRequestURI)) {
                headers.add(new Header(header.name(), header.value()));
                contentType |= header.is("content-type");
            }
        }
        RequestEntity entity = http.entity();
        if (!contentType && entity.getContentType().mediaType().isMultipart()) {
            headers.add(new Header("content-type", entity.getContentType().toString()));
        }
        if (entity.isChunked()) {
            headers.add(new Header("transfer-encoding", "chunked"));
        } else {
            entity.getContentLengthOption()
                    .ifPresent(length -> headers.add(new Header("content-length", Long.toString(length))));
        }
        return headers;
    }

    private static void checkSize(List<Header> headers) {
        long total = 0;
        for (Header header : headers) {
            int value = header.value().getBytes(StandardCharsets.UTF_8).length;
            total += header.name().length() + value + SEPARATORS_PER_HEADER;
        }
        if (total > HEADER_BYTES_MAX) {
            throw S3Error.REQUEST_HEADER_SECTION_TOO_LARGE
                    .asException()
                    .with("MaxSizeAllowed", Integer.toString(HEADER_BYTES_MAX));
        }
    }
}
