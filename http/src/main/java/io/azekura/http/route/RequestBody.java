package io.azekura.http.route;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.RequestEntity;
import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import io.azekura.http.body.BodyPlan;
import io.azekura.http.body.BodyReader;
import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.PayloadSignature;
import io.azekura.http.sigv4.RawRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * The body of a request, decoded and verified as it is read; read once at most. A body that came whole with the head of
 * the request is read without a stream: to run one costs ten times as much as all else that is done for a small object.
 */
public final class RequestBody {
    private final RawRequest request;
    private final PayloadSignature payload;
    private final RequestEntity entity;
    private final Materializer materializer;
    private final LongConsumer received;

    /**
     * The body of one request.
     *
     * @param entity subscribing to it asks an {@code Expect: 100-continue} client for the body
     * @param received told how many bytes came, as they come
     */
    public RequestBody(
            RawRequest request,
            PayloadSignature payload,
            RequestEntity entity,
            Materializer materializer,
            LongConsumer received) {
        this.request = request;
        this.payload = payload;
        this.entity = entity;
        this.materializer = materializer;
        this.received = received;
    }

    /** What the header says of the body; throws what can be refused before it comes. */
    BodyPlan plan(BodyPlan.AbsentChecksum absent) {
        return BodyPlan.of(request, payload, absent);
    }

    /** The whole body, which the plan says is small. Fails with what the reader refuses it for. */
    CompletionStage<ByteString> whole(BodyReader reader) {
        if (entity instanceof HttpEntity.Strict strict) {
            received.accept(strict.getData().size());
            return CompletableFuture.completedFuture(reader.readStrict(strict.getData()));
        }
        return streamed(reader)
                .runFold(new ByteStringBuilder(), ByteStringBuilder::append, materializer)
                .thenApply(ByteStringBuilder::result);
    }

    /** The body as a stream that fails when the body is wrong, and never completes before that is known. */
    Source<ByteString, ?> streamed(BodyReader reader) {
        return entity.getDataBytes()
                .map(piece -> {
                    received.accept(piece.size());
                    return piece;
                })
                .via(reader.flow());
    }

    /** The body of a request that carries a document, of at most so many bytes. */
    CompletionStage<ByteString> document(int bytesMax) {
        BodyPlan plan = plan(BodyPlan.AbsentChecksum.LEAVE_OUT);
        if (plan.length() > bytesMax) {
            throw S3Error.MAX_MESSAGE_LENGTH_EXCEEDED
                    .asException()
                    .with("MaxMessageLengthBytes", Integer.toString(bytesMax));
        }
        return whole(plan.newReader());
    }
}
