package io.azekura.http.server;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.http.route.S3Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes Akka's response from ours. Every header goes out verbatim, content type and the length of HEAD included. */
final class ResponseWriter {
    /**
     * When the connection dies between the answer and its rendering, nobody ever runs the body; after this long it is
     * cancelled, so that the store can let go of what it holds for it.
     */
    private static final Duration UNASKED_MAX = Duration.ofMinutes(1);

    private final ActorSystem<?> system;
    private final Materializer materializer;

    ResponseWriter(ActorSystem<?> system) {
        this.system = system;
        this.materializer = SystemMaterializer.get(system).materializer();
    }

    /**
     * The response as Akka sends it.
     *
     * @param end told when the last byte has been handed to the connection, at once if there is no stream
     */
    HttpResponse write(String id, S3Response response, MeteredBody.End end) {
        List<HttpHeader> headers = new ArrayList<>(response.headers().size() + 4);
        headers.add(new VerbatimHeader("x-amz-request-id", id));
        headers.add(new VerbatimHeader("x-amz-id-2", RequestIds.HOST_ID));
        for (S3Response.Header header : response.headers()) {
            headers.add(new VerbatimHeader(header.name(), wireText(header.value())));
        }
        ResponseEntity entity = entity(response.body(), headers, end);
        return HttpResponse.create()
                .withStatus(response.status())
                .withHeaders(headers)
                .withEntity(entity);
    }

    private ResponseEntity entity(S3Response.Body body, List<HttpHeader> headers, MeteredBody.End end) {
        if (body instanceof S3Response.StreamedBody streamed) {
            headers.add(contentType(streamed.contentType()));
            return HttpEntities.create(ContentTypes.NO_CONTENT_TYPE, streamed.length(), metered(streamed.bytes(), end));
        }
        ByteString bytes = ByteString.emptyByteString();
        if (body instanceof S3Response.StrictBody strict) {
            headers.add(contentType(strict.contentType()));
            bytes = strict.bytes();
        } else if (body instanceof S3Response.DescribedBody described) {
            headers.add(contentType(described.contentType()));
            headers.add(new VerbatimHeader("Content-Length", Long.toString(described.length())));
        }
        end.ended(bytes.size(), MeteredBody.Outcome.WHOLE);
        return HttpEntities.create(ContentTypes.NO_CONTENT_TYPE, bytes);
    }

    private static HttpHeader contentType(String value) {
        return new VerbatimHeader("Content-Type", wireText(value));
    }

    /** Akka writes the low byte of each character; so that UTF-8 arrives, each character has to be one of its bytes. */
    private static String wireText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }

    private Source<ByteString, ?> metered(Source<ByteString, ?> bytes, MeteredBody.End end) {
        MeteredBody meter = new MeteredBody(end);
        Cancellable deadline = system.scheduler()
                .scheduleOnce(
                        UNASKED_MAX,
                        () -> {
                            if (meter.claim()) {
                                bytes.runWith(Sink.cancelled(), materializer);
                                end.ended(0, MeteredBody.Outcome.ABANDONED);
                            }
                        },
                        system.executionContext());
        return bytes.via(meter).mapMaterializedValue(done -> {
            deadline.cancel();
            return done;
        });
    }
}
