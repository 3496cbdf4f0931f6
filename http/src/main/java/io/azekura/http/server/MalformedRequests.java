package io.azekura.http.server;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import akka.util.ByteString;
import io.azekura.http.error.ErrorDocument;
import io.azekura.http.error.S3Error;
import io.azekura.http.route.S3Response;
import java.util.List;
import java.util.Map;

/**
 * Answers in S3's words what Akka HTTP cannot parse as a request at all; by default it would answer in plain text. Akka
 * finds it by name, through the configuration, as it would find a Scala object.
 */
public final class MalformedRequests extends ParsingErrorHandler {
    /** Where a Scala object keeps its instance. */
    public static final MalformedRequests MODULE$ = new MalformedRequests();

    private static final int URI_TOO_LONG = 414;
    private static final int HEADERS_TOO_LARGE = 431;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String TOO_MANY_HEADERS = "more than the configured limit of";

    private MalformedRequests() {}

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
        String id = RequestIds.next();
        if (status.intValue() == URI_TOO_LONG) {
            return answer(URI_TOO_LONG, "RequestURITooLong", "The request line exceeds the maximum allowed size.", id);
        } else if (status.intValue() == HEADERS_TOO_LARGE || info.summary().contains(TOO_MANY_HEADERS)) {
            return answer(S3Error.REQUEST_HEADER_SECTION_TOO_LARGE, id);
        } else if (status.intValue() == NOT_IMPLEMENTED) {
            return answer(S3Error.METHOD_NOT_ALLOWED, id);
        } else if (info.summary().startsWith("Illegal request-target")) {
            return answer(S3Error.INVALID_URI, id);
        }
        return answer(status.intValue(), S3Error.BAD_REQUEST.code(), "The request is not well-formed HTTP.", id);
    }

    private static HttpResponse answer(S3Error error, String id) {
        return answer(error.status(), error.code(), error.text(), id);
    }

    private static HttpResponse answer(int status, String code, String message, String id) {
        ByteString document = ErrorDocument.of(code, message, Map.of(), "/", id, RequestIds.HOST_ID);
        return HttpResponse.create()
                .withStatus(status)
                .withHeaders(List.of(
                        new VerbatimHeader("x-amz-request-id", id),
                        new VerbatimHeader("x-amz-id-2", RequestIds.HOST_ID),
                        new VerbatimHeader("Content-Type", S3Response.XML)))
                .withEntity(HttpEntities.create(ContentTypes.NO_CONTENT_TYPE, document));
    }
}
